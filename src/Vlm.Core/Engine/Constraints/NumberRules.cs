using System.Globalization;
using System.Numerics;

namespace Vlm.Core.Engine.Constraints;

/// <summary>Numbers of a range, digit by digit: without exponent, without needless zeros in front, and with at most 15 digits where any
/// stand behind the point, so that a double tells two of them apart.</summary>
internal sealed class NumberRules(GrammarBuilder grammar, CompileBudget budget)
{
    private const int MaxStep = 1_000_000;
    private const int MaxDigits = 20; // before the point: those of any whole number of 64 bits

    /// <summary>The numbers of a range.</summary>
    /// <returns>The rule; null where there is none.</returns>
    /// <exception cref="ArgumentException">Its step is too large.</exception>
    public int? Add(NumberRange range, string path)
    {
        if (range.Step > MaxStep)
        {
            throw new ArgumentException($"{path}.multipleOf: expected at most {MaxStep}, the point left out, found more.");
        }

        var limit = BigInteger.Pow(10, MaxDigits + range.NumFractionDigits) - 1;
        var (min, max) = (BigInteger.Max(range.Min, -limit), BigInteger.Min(range.Max, limit));
        List<Symbol[]> alternatives = [];
        if (Magnitudes(BigInteger.Max(min, 0), max, range) is { } positive)
        {
            alternatives.Add([positive]);
        }

        if (Magnitudes(BigInteger.Max(-max, 1), -min, range) is { } negative)
        {
            alternatives.Add([JsonRules.Byte('-'), negative]);
        }

        return alternatives.Count > 0 ? grammar.Add([.. alternatives]) : null;
    }

    private int? Magnitudes(BigInteger min, BigInteger max, NumberRange range)
    {
        if (min > max)
        {
            return null;
        }

        Digits digits = new(min, max, range);
        return StateRules.Add(grammar, Digits.Start, digits.Steps, digits.Accepts, budget);
    }

    /// <summary>A place in a number.</summary>
    /// <param name="Left">Digits to come up to the last that may stand behind the point.</param>
    /// <param name="End">Digits of those that stay away, as the number would have too many.</param>
    /// <param name="IsBehindPoint">Whether the point came just before.</param>
    /// <param name="IsAtMin">Whether the digits so far are those of the least number.</param>
    /// <param name="IsAtMax">Whether they are those of the greatest.</param>
    /// <param name="Residue">What the digits so far add to the remainder, by the step, of the whole.</param>
    private readonly record struct Place(int Left, int End, bool IsBehindPoint, bool IsAtMin, bool IsAtMax, int Residue);

    private sealed class Digits(BigInteger min, BigInteger max, NumberRange range)
    {
        public static readonly Place Start = new(-1, 0, false, false, false, 0);

        private readonly int _numFraction = range.NumFractionDigits;
        private readonly int _step = (int)range.Step;
        private readonly string _min = Text(min, range.NumFractionDigits);
        private readonly string _max = Text(max, range.NumFractionDigits);
        private readonly int[] _weights = Weights(range); // of each place, by the step

        public bool Accepts(Place place) =>
            place != Start && place.Left <= _numFraction && !place.IsBehindPoint && place.Residue == 0
            && !(place.IsAtMin && _min[^place.Left..].Any(digit => digit != '0'));

        public IEnumerable<(Symbol Symbol, Place Next)> Steps(Place place) => place == Start ? FirstDigits()
            : place.Left == _numFraction && !place.IsBehindPoint ? Point(place)
            : WithDigit(place, 0);

        /// <summary>Numbers of each length: shorter ones than the least and longer ones than the greatest are none.</summary>
        private IEnumerable<(Symbol Symbol, Place Next)> FirstDigits()
        {
            for (var length = _min.Length; length <= _max.Length; length++)
            {
                var numWhole = length - _numFraction;
                var end = Math.Max(0, _numFraction - Math.Max(0, NumberRange.MaxDigits - numWhole));
                Place place = new(length, end, false, length == _min.Length, length == _max.Length, 0);
                foreach (var step in WithDigit(place, numWhole > 1 ? 1 : 0))
                {
                    yield return step;
                }
            }
        }

        private static IEnumerable<(Symbol Symbol, Place Next)> Point(Place place) =>
            place.Left > place.End ? [(JsonRules.Byte('.'), place with { IsBehindPoint = true })] : [];

        private IEnumerable<(Symbol Symbol, Place Next)> WithDigit(Place place, int least)
        {
            if (place.Left == place.End)
            {
                return [];
            }

            var first = place.IsAtMin ? Math.Max(least, _min[^place.Left] - '0') : least;
            var last = place.IsAtMax ? _max[^place.Left] - '0' : 9;
            return Enumerable.Range(first, Math.Max(0, last - first + 1)).GroupBy(digit => Behind(place, digit)).Select(group =>
                ((Symbol)ByteSet.Any(string.Concat(group)), group.Key));
        }

        private Place Behind(Place place, int digit)
        {
            return new(
                place.Left - 1,
                place.End,
                false,
                place.IsAtMin && digit == _min[^place.Left] - '0',
                place.IsAtMax && digit == _max[^place.Left] - '0',
                (place.Residue + (digit * _weights[place.Left - 1])) % _step);
        }

        private static int[] Weights(NumberRange range) =>
            [.. Enumerable.Range(0, MaxDigits + range.NumFractionDigits).Select(place => (int)BigInteger.ModPow(10, place, range.Step))];

        // With a digit or more before the point.
        private static string Text(BigInteger number, int numFraction) => number.ToString(CultureInfo.InvariantCulture).PadLeft(numFraction + 1, '0');
    }
}
