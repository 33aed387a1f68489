/** The bearer token, in this page's memory only: it goes into no storage and is gone with the page. */
export type TokenMemory = { get(): string | undefined; set(token: string): void; forget(): void };

export function createTokenMemory(): TokenMemory {
  let token: string | undefined;
  return {
    get: () => token,
    set: (given) => {
      token = given;
    },
    forget: () => {
      token = undefined;
    },
  };
}
