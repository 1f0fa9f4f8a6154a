export async function setCommand(_a: object, _b: object): Promise<number> {
  return 0;
}
