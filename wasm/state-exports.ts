/** How the globals of an instance are found (expose-state.ts). Without imports: the executor reads this file at every boot. */

/** Begins the name of each export that is there for this only. */
export const stateExportPrefix = 'bantam:state:';
