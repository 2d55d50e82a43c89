/** What calendar applications send, as they write it: prefixes, headers and properties that this server does not have. */

export interface ClientHabits {
  name: string;
  headers: Record<string, string>;
  /** Asked of what the person typed, and of the principal that is found. */
  discovery: string;
  principal: string;
  /** Asked of the home with depth 1. */
  calendars: string;
  /** Returns the report that asks what changed; an empty token is the first time. */
  sync: (token: string) => string;
  /** The report, or the PROPFIND, that lists the events without a token. */
  list: { method: 'REPORT' | 'PROPFIND'; body: string };
  multiget: (hrefs: string[]) => string;
  /** Sent when a calendar is set up. */
  proppatch: string | null;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const B = 'xmlns:B="urn:ietf:params:xml:ns:caldav"';
const C = 'xmlns:C="http://calendarserver.org/ns/"';
const D = 'xmlns:D="http://apple.com/ns/ical/"';
const hrefs = (list: string[], write: (href: string) => string): string => list.map(write).join('\n  ');

/** accountsd and dataaccessd of iOS, and CalendarAgent of macOS, declare every namespace where it is used. */
const apple = (name: string, agent: string): ClientHabits => ({
  name,
  headers: { 'user-agent': agent, 'content-type': 'text/xml', accept: '*/*', brief: 't', prefer: 'return=minimal' },
  discovery: `${HEAD}<A:propfind xmlns:A="DAV:">
  <A:prop>
    <A:current-user-principal/>
    <A:principal-URL/>
    <A:resourcetype/>
  </A:prop>
</A:propfind>
`,
  principal: `${HEAD}<A:propfind xmlns:A="DAV:">
  <A:prop>
    <B:calendar-home-set ${B}/>
    <B:calendar-user-address-set ${B}/>
    <A:current-user-principal/>
    <A:displayname/>
    <C:dropbox-home-URL ${C}/>
    <C:email-address-set ${C}/>
    <C:notification-URL ${C}/>
    <A:principal-collection-set/>
    <A:principal-URL/>
    <A:resource-id/>
    <B:schedule-inbox-URL ${B}/>
    <B:schedule-outbox-URL ${B}/>
    <A:supported-report-set/>
  </A:prop>
</A:propfind>
`,
  calendars: `${HEAD}<A:propfind xmlns:A="DAV:">
  <A:prop>
    <A:add-member/>
    <C:allowed-sharing-modes ${C}/>
    <D:autoprovisioned ${D}/>
    <E:bulk-requests xmlns:E="http://me.com/_namespace/"/>
    <D:calendar-color ${D}/>
    <B:calendar-description ${B}/>
    <B:calendar-free-busy-set ${B}/>
    <D:calendar-order ${D}/>
    <B:calendar-timezone ${B}/>
    <A:current-user-privilege-set/>
    <B:default-alarm-vevent-date ${B}/>
    <B:default-alarm-vevent-datetime ${B}/>
    <A:displayname/>
    <C:getctag ${C}/>
    <A:owner/>
    <C:pre-publish-url ${C}/>
    <C:push-transports ${C}/>
    <C:pushkey ${C}/>
    <A:quota-available-bytes/>
    <D:refreshrate ${D}/>
    <A:resource-id/>
    <A:resourcetype/>
    <B:schedule-calendar-transp ${B}/>
    <C:source ${C}/>
    <B:supported-calendar-component-set ${B}/>
    <B:supported-calendar-component-sets ${B}/>
    <A:supported-report-set/>
    <A:sync-token/>
  </A:prop>
</A:propfind>
`,
  sync: (token) => `${HEAD}<A:sync-collection xmlns:A="DAV:">
  <A:sync-token>${token}</A:sync-token>
  <A:sync-level>1</A:sync-level>
  <A:prop>
    <A:getetag/>
    <A:getcontenttype/>
  </A:prop>
</A:sync-collection>
`,
  list: {
    method: 'REPORT',
    body: `${HEAD}<B:calendar-query ${B}>
  <A:prop xmlns:A="DAV:">
    <A:getetag/>
    <A:getcontenttype/>
  </A:prop>
  <B:filter>
    <B:comp-filter name="VCALENDAR">
      <B:comp-filter name="VEVENT">
        <B:time-range start="20251101T000000Z"/>
      </B:comp-filter>
    </B:comp-filter>
  </B:filter>
</B:calendar-query>
`,
  },
  multiget: (list) => `${HEAD}<B:calendar-multiget ${B}>
  <A:prop xmlns:A="DAV:">
    <A:getetag/>
    <B:calendar-data/>
    <B:schedule-tag/>
    <C:created-by ${C}/>
    <C:updated-by ${C}/>
  </A:prop>
  ${hrefs(list, (href) => `<A:href xmlns:A="DAV:">${href}</A:href>`)}
</B:calendar-multiget>
`,
  proppatch: `${HEAD}<A:propertyupdate xmlns:A="DAV:">
  <A:set>
    <A:prop>
      <D:calendar-order ${D}>1</D:calendar-order>
    </A:prop>
  </A:set>
</A:propertyupdate>
`,
});

export const CALENDAR_CLIENTS: ClientHabits[] = [
  apple('iOS', 'iOS/18.1 (22B83) dataaccessd/1.0'),
  apple('macOS', 'macOS/15.1 (24B83) CalendarAgent/1186'),
  {
    name: 'Thunderbird',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0',
      'content-type': 'text/xml; charset=utf-8',
      accept: 'text/xml',
      'accept-language': 'en-US,en;q=0.5',
      'accept-encoding': 'gzip, deflate, br, zstd',
    },
    discovery: `<?xml version="1.0" encoding="UTF-8"?>
<propfind xmlns="DAV:" xmlns:cal="urn:ietf:params:xml:ns:caldav"><prop><resourcetype/><owner/><displayname/><current-user-principal/><current-user-privilege-set/><calendar-color xmlns="http://apple.com/ns/ical/"/><cal:calendar-home-set/></prop></propfind>`,
    principal: `<?xml version="1.0" encoding="UTF-8"?>
<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-home-set/><C:calendar-user-address-set/><C:schedule-inbox-URL/><C:schedule-outbox-URL/></D:prop></D:propfind>`,
    calendars: `<?xml version="1.0" encoding="UTF-8"?>
<D:propfind xmlns:D="DAV:" xmlns:CS="http://calendarserver.org/ns/" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:resourcetype/><D:owner/><D:displayname/><D:current-user-principal/><D:current-user-privilege-set/><D:supported-report-set/><C:supported-calendar-component-set/><CS:getctag/><D:sync-token/></D:prop></D:propfind>`,
    sync: (token) => `<?xml version="1.0" encoding="UTF-8"?>
<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level><prop><getcontenttype/><getetag/></prop></sync-collection>`,
    list: {
      method: 'PROPFIND',
      body: `<?xml version="1.0" encoding="UTF-8"?>
<D:propfind xmlns:D="DAV:"><D:prop><D:getcontenttype/><D:resourcetype/><D:getetag/></D:prop></D:propfind>`,
    },
    multiget: (list) => `<?xml version="1.0" encoding="UTF-8"?>
<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>${hrefs(list, (href) => `<D:href>${href}</D:href>`)}</C:calendar-multiget>`,
    proppatch: null,
  },
  {
    name: 'DAVx5',
    headers: {
      'user-agent': 'DAVx5/4.4.4-ose (dav4jvm; okhttp/4.12.0) Android/14',
      'content-type': 'application/xml; charset=utf-8',
      'accept-encoding': 'gzip',
      'accept-language': 'en-US, en;q=0.7, *;q=0.5',
    },
    discovery: `<?xml version='1.0' encoding='UTF-8' ?><propfind xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav" xmlns:CARD="urn:ietf:params:xml:ns:carddav"><prop><resourcetype /><displayname /><CAL:calendar-description /><n0:calendar-color xmlns:n0="http://apple.com/ns/ical/" /><CAL:supported-calendar-component-set /><CAL:calendar-home-set /><current-user-privilege-set /><current-user-principal /></prop></propfind>`,
    principal: `<?xml version='1.0' encoding='UTF-8' ?><propfind xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav" xmlns:CARD="urn:ietf:params:xml:ns:carddav"><prop><displayname /><CAL:calendar-home-set /><n0:calendar-proxy-read-for xmlns:n0="http://calendarserver.org/ns/" /><n1:calendar-proxy-write-for xmlns:n1="http://calendarserver.org/ns/" /><group-membership /><resourcetype /></prop></propfind>`,
    calendars: `<?xml version='1.0' encoding='UTF-8' ?><propfind xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav" xmlns:CARD="urn:ietf:params:xml:ns:carddav"><prop><resourcetype /><displayname /><owner /><current-user-privilege-set /><CAL:calendar-description /><n0:calendar-color xmlns:n0="http://apple.com/ns/ical/" /><CAL:calendar-timezone /><CAL:supported-calendar-component-set /><n1:source xmlns:n1="http://calendarserver.org/ns/" /><supported-report-set /><n2:getctag xmlns:n2="http://calendarserver.org/ns/" /><sync-token /></prop></propfind>`,
    sync: (token) =>
      `<?xml version='1.0' encoding='UTF-8' ?><sync-collection xmlns="DAV:">${token === '' ? '<sync-token />' : `<sync-token>${token}</sync-token>`}<sync-level>1</sync-level><prop><getetag /></prop></sync-collection>`,
    list: {
      method: 'REPORT',
      body: `<?xml version='1.0' encoding='UTF-8' ?><CAL:calendar-query xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getetag /></prop><CAL:filter><CAL:comp-filter name="VCALENDAR"><CAL:comp-filter name="VEVENT"><CAL:time-range start="20251101T000000Z" /></CAL:comp-filter></CAL:comp-filter></CAL:filter></CAL:calendar-query>`,
    },
    multiget: (list) =>
      `<?xml version='1.0' encoding='UTF-8' ?><CAL:calendar-multiget xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getcontenttype /><getetag /><CAL:calendar-data content-type="text/calendar" version="2.0" /><n0:schedule-tag xmlns:n0="urn:ietf:params:xml:ns:caldav" /></prop>${hrefs(list, (href) => `<href>${href}</href>`)}</CAL:calendar-multiget>`,
    proppatch: null,
  },
];
