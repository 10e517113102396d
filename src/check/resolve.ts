export function resolvedSpec(_train: unknown): string { return ''; }
