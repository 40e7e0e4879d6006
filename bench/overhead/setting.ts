/** What both sides meet, stated with the figures. */

/** Users' requests while each side works. */
export const REQUESTS_PER_SECOND = 100;
/** The world's randomness: delays of the emulator, users' arrivals. */
export const SEED = 1;
