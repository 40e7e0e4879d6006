import { fillPromql, placeholdersIn } from '#domain/guard/promql.ts';

const NAMES = { cluster: 'shop-green', blue: 'shop-blue', green: 'shop-green', periodSeconds: 30 };

describe('placeholders of PromQL', () => {
  it('are filled in wherever they stand', () => {
    expect(fillPromql('sum(x{c="{{cluster}}"}[{{ period }}]) / y{c="{{blue}}"}', NAMES)).toBe(
      'sum(x{c="shop-green"}[30s]) / y{c="shop-blue"}',
    );
  });

  it('may be a period of less than a second, in the units of Prometheus', () => {
    expect(fillPromql('{{period}}', { ...NAMES, periodSeconds: 0.5 })).toBe('500ms');
  });

  it('that nobody knows stay as they are, so that the plan check can name them', () => {
    expect(fillPromql('{{colour}}', NAMES)).toBe('{{colour}}');
    expect(placeholdersIn('{{colour}} {{cluster}}')).toEqual(['colour', 'cluster']);
  });

  it('are not mistaken for the braces of a selector', () => {
    expect(placeholdersIn('x{a="b"}')).toEqual([]);
    expect(fillPromql('x{a="b"}', NAMES)).toBe('x{a="b"}');
  });
});
