/**
 * Do two names, as their senders typed them, mean one person? (I8: a quorum is of different people, and `Robin` is the
 * requester `robin`.) Blanks around, composition of letters and case do not make another person.
 */
export function samePerson(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

function folded(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}
