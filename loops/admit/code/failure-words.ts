export const firstLine = (message: string): string => message.split('\n', 1)[0] ?? '';

/** What a failure says, by which it is known again: times and other measured figures are other ones in each run. */
export const wordsOf = (message: string): string => firstLine(message).replaceAll(/\d+\.\d+/g, '0.0');
