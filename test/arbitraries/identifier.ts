/** Names that a `.nas` file may declare: never a reserved word. */
import * as fc from 'fast-check';

const reserved = new Set(
  (
    'nas use space motif cell let nodes input output require choose of from any for in repeat if then else when ' +
    'and or not architecture property search genome program true false none'
  ).split(' '),
);

/** A name; now and then a word that means something in one place only, such as `step`. */
export function identifier(): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        'x',
        'y',
        'conv',
        'relu',
        'filters',
        '_a1',
        'step',
        'normal',
        'moves',
        'notation',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/).filter((name) => !reserved.has(name)),
    },
  );
}
