export function QuickCreate() { return null; }
