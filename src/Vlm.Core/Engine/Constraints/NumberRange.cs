using System.Globalization;
using System.Numerics;

namespace Vlm.Core.Engine.Constraints;

/// <summary>Which numbers: whole multiples, within bounds, of a step that is itself a whole number over a power of ten.</summary>
internal sealed class NumberRange
{
    /// <summary>Digits of a number without bounds: what a double holds.</summary>
    internal const int MaxDigits = 15;

    private BigInteger? _min; // both in units of the last fraction digit
    private BigInteger? _max;

    /// <param name="isInteger">Whether all are whole.</param>
    /// <param name="multiples">Positive numbers that all of them are multiples of.</param>
    /// <param name="path">Of the schema, for errors.</param>
    /// <exception cref="ArgumentException">The multiples have too many digits behind the point.</exception>
    public NumberRange(bool isInteger, IReadOnlyList<DecimalNumber> multiples, string path)
    {
        NumFractionDigits = isInteger ? 0 : MaxDigits;
        Step = 1;
        if (multiples.Count > 0)
        {
            SetStep(isInteger ? [.. multiples, new(1, 0)] : multiples);
        }

        if (NumFractionDigits > MaxDigits)
        {
            throw new ArgumentException($"{path}.multipleOf: expected at most {MaxDigits} digits behind the point, found {NumFractionDigits}.");
        }
    }

    /// <summary>Most digits behind the point.</summary>
    public int NumFractionDigits { get; private set; }

    /// <summary>What all are multiples of, in units of the last fraction digit.</summary>
    public BigInteger Step { get; private set; }

    /// <summary>The least, in units of the last fraction digit.</summary>
    public BigInteger Min => _min ?? (_max < -Open ? -Beyond(_max.Value) : -Open);

    /// <summary>The greatest, in units of the last fraction digit.</summary>
    public BigInteger Max => _max ?? (_min > Open ? Beyond(_min.Value) : Open);

    private BigInteger Open => (BigInteger.Pow(10, MaxDigits) * Unit) - 1;

    private BigInteger Unit => BigInteger.Pow(10, NumFractionDigits);

    /// <summary>Leaves out what is below a number, or not above it.</summary>
    public void AtLeast(DecimalNumber bound, bool isExclusive)
    {
        var least = isExclusive ? bound.Floor(NumFractionDigits) + 1 : bound.Ceiling(NumFractionDigits);
        _min = _min is { } min ? BigInteger.Max(min, least) : least;
    }

    /// <summary>Leaves out what is above a number, or not below it.</summary>
    public void AtMost(DecimalNumber bound, bool isExclusive)
    {
        var most = isExclusive ? bound.Ceiling(NumFractionDigits) - 1 : bound.Floor(NumFractionDigits);
        _max = _max is { } max ? BigInteger.Min(max, most) : most;
    }

    // One digit more than the other bound has.
    private static BigInteger Beyond(BigInteger bound) => BigInteger.Pow(10, BigInteger.Abs(bound).ToString(CultureInfo.InvariantCulture).Length + 1) - 1;

    /// <summary>The least common multiple, with as few digits behind the point as hold it.</summary>
    private void SetStep(IReadOnlyList<DecimalNumber> multiples)
    {
        NumFractionDigits = multiples.Max(multiple => multiple.NumFractionDigits);
        Step = multiples.Select(multiple => multiple.Floor(NumFractionDigits)).Aggregate((a, b) => a / BigInteger.GreatestCommonDivisor(a, b) * b);
        while (NumFractionDigits > 0 && (Step % 10).IsZero)
        {
            (NumFractionDigits, Step) = (NumFractionDigits - 1, Step / 10);
        }
    }
}
