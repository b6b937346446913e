/** proxy.ts writes path and query of the asked page here, over whatever came; read through `safeNext`. */
export const PATH_HEADER = "x-devmentor-path";
