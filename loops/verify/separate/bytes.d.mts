export class Malformed extends Error {}
