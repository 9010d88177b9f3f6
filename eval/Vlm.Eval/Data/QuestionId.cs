using System.Text.Json;

namespace Vlm.Eval.Data;

/// <summary>Id of a question as its file types it: an integer or a text. Both spellings of a number are different ids.</summary>
public readonly record struct QuestionId(string Text, bool IsNumber)
{
    public static QuestionId Of(long number) => new(number.ToString(System.Globalization.CultureInfo.InvariantCulture), true);

    public static QuestionId Of(string text) => new(text, false);

    /// <summary>Writes the id with its type.</summary>
    public void Write(Utf8JsonWriter writer, string name)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(name);
        if (IsNumber)
        {
            writer.WriteRawValue(Text);
        }
        else
        {
            writer.WriteStringValue(Text);
        }
    }

    public override string ToString() => Text;
}
