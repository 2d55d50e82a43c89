/** The methods that an address below `/dav/` knows. */
export const DAV_METHODS = ['OPTIONS', 'GET', 'HEAD', 'PROPFIND', 'PROPPATCH', 'REPORT'];
