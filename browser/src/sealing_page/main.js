/** The one script of the sealing page: the page itself, and the worker beside it. */

import { start } from './app.js';
import { ownBytes } from './own_bytes.js';
import { serve } from './worker.js';

if (typeof document === 'undefined') serve();
else start(ownBytes());
