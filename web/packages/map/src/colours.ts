/** The colours of the lights on the map; a red one is also drawn larger. */
export const LIGHT_COLOURS = { red: '#d93025', yellow: '#f2a600', green: '#1e8e3e', none: '#7a828f' } as const
