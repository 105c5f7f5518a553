/** A worker that hashes for the one that seals. */

import { hashing } from '/protocol.js';

hashing.hashFor(globalThis);
