/** What coordinates may stand in; asked, never guessed. */
export const DATUMS = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] as const
