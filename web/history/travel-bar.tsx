export function TravelBar() { return null; }
