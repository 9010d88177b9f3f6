using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <summary>A number of JSON as it is written, to its last digit: mantissa times ten to the power of the exponent.</summary>
internal readonly record struct DecimalNumber(BigInteger Mantissa, int Exponent)
{
    private const int MaxDigits = 400; // what a double can need before the point

    /// <summary>Fewest digits behind the point that hold it.</summary>
    public int NumFractionDigits => Math.Max(-Exponent, 0);

    /// <summary>A JSON number.</summary>
    /// <exception cref="ArgumentException">It has too many digits.</exception>
    public static DecimalNumber Read(JsonElement number, string path)
    {
        var text = number.GetRawText();
        var parts = text.Split('e', 'E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var exponent = 0;
        if (text.Length > MaxDigits || (parts.Length > 1 && !int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            || Math.Abs((long)exponent) > MaxDigits)
        {
            throw new ArgumentException($"{path}: expected a number of at most {MaxDigits} digits, found more.");
        }

        var digits = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return Trimmed(digits, exponent - (point < 0 ? 0 : parts[0].Length - point - 1));
    }

    /// <summary>It times ten to a power, rounded down.</summary>
    public BigInteger Floor(int power)
    {
        var exponent = Exponent + power;
        if (exponent >= 0)
        {
            return Mantissa * BigInteger.Pow(10, exponent);
        }

        var quotient = BigInteger.DivRem(Mantissa, BigInteger.Pow(10, -exponent), out var remainder);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    /// <summary>It times ten to a power, rounded up.</summary>
    public BigInteger Ceiling(int power) => -new DecimalNumber(-Mantissa, Exponent).Floor(power);

    private static DecimalNumber Trimmed(BigInteger mantissa, int exponent)
    {
        while (!mantissa.IsZero && (mantissa % 10).IsZero)
        {
            (mantissa, exponent) = (mantissa / 10, exponent + 1);
        }

        return mantissa.IsZero ? default : new(mantissa, exponent);
    }
}
