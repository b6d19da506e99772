declare module 'virtual:shapes' { export const land: string; export const borders: string; }
declare module 'topojson-simplify';
