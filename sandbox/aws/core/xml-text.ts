/** Text inside an XML document. */
export const escapeXml = (text: string): string =>
  text.replaceAll(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
