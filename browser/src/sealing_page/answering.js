/** Answers of the anonymous host, each of one length; what stands in them. */

import { ANSWER_LENGTH, readAnswer } from '../answers.js';

/** What an answer of the given length class says; `malformed`. */
export const answerOf = (raw, length = ANSWER_LENGTH) => readAnswer(raw, length);
