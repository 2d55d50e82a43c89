export function NewEvent() { return null; }
