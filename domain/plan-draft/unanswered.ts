/** What a question leaves in a drafted plan: no field takes it. */
export const UNANSWERED = 'QUESTION';
