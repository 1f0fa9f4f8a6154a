/** Measurements of one transaction, by name. */
export type Features = Readonly<Record<string, number>>;

/** One term of a model: the product of features, times its weight. */
export interface Term {
  readonly features: readonly string[];
  readonly weight: number;
}

/** A trained logistic model, as stored in a model file. */
export interface FraudModel {
  /** Version of the file format; a server refuses unknown versions. */
  readonly format: number;
  /** Version of the model, `v2.1.0`. */
  readonly version: string;
  readonly intercept: number;
  readonly terms: readonly Term[];
}

const FORMAT = 1;

/** Parses a model file. Throws if a server cannot serve it. */
export function parseModel(text: string): FraudModel {
  const model = JSON.parse(text) as FraudModel;
  if (model.format !== FORMAT) throw new Error(`the model file has format ${model.format}, this server reads ${FORMAT}`);
  return model;
}

/** Names of the features that a model needs. */
export function featuresOf(model: FraudModel): readonly string[] {
  return [...new Set(model.terms.flatMap(({ features }) => features))];
}

/** Probability of fraud, from 0 to 1. Throws if a feature is missing. */
export function score({ intercept, terms }: FraudModel, features: Features): number {
  let logit = intercept;
  for (const term of terms) {
    let product = term.weight;
    for (const name of term.features) {
      const value = features[name];
      if (typeof value !== 'number') throw new TypeError(`the feature ${name} is missing`);
      product *= value;
    }
    logit += product;
  }
  return 1 / (1 + Math.exp(-logit));
}
