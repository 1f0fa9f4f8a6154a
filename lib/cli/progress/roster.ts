/** Items by name, in insertion order. Immutable: a change creates a new list, which costs almost nothing. */
export class NamedList<T extends { readonly name: string }> {
  private readonly list: readonly T[];
  /** Positions in the list; shared by all lists of the same names. */
  private readonly places: ReadonlyMap<string, number>;

  constructor(list: readonly T[] = [], places?: ReadonlyMap<string, number>) {
    this.list = list;
    this.places = places ?? new Map(list.map(({ name }, index) => [name, index]));
  }

  get size(): number {
    return this.list.length;
  }

  has(name: string): boolean {
    return this.places.has(name);
  }

  get(name: string): T | undefined {
    const place = this.places.get(name);
    return place === undefined ? undefined : this.list[place];
  }

  values(): readonly T[] {
    return this.list;
  }

  /** Returns the list with items of the same names replaced; new ones are appended. */
  with(...changed: readonly T[]): NamedList<T> {
    const list = [...this.list];
    let places: Map<string, number> | undefined;
    for (const one of changed) {
      const place = (places ?? this.places).get(one.name);
      if (place !== undefined) list[place] = one;
      else {
        places ??= new Map(this.places);
        places.set(one.name, list.length);
        list.push(one);
      }
    }
    return new NamedList(list, places ?? this.places);
  }
}
