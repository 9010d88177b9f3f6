using System.Text;

namespace Vlm.Eval.Data;

/// <summary>Splits tab-separated text into rows of fields; a field in double quotes may hold tabs, line ends and doubled quotes.</summary>
internal sealed class TsvReader(string path, TextReader reader)
{
    private const int End = -1;
    private readonly StringBuilder _field = new();
    private int _line = 1;

    /// <summary>Line on which the last row began.</summary>
    public int RowLine { get; private set; }

    /// <summary>The next row that is not empty; null at the end.</summary>
    public List<string>? Next()
    {
        while (Peek() is '\n' or '\r')
        {
            Read();
        }

        if (Peek() == End)
        {
            return null;
        }

        RowLine = _line;
        List<string> fields = [];
        do
        {
            fields.Add(Field());
        }
        while (Passes('\t'));
        Passes('\r');
        Passes('\n');
        return fields;
    }

    /// <summary>Reads a character if it is this one.</summary>
    private bool Passes(char c) => Peek() == c && Read() == c;

    /// <summary>Reads up to, not including, the tab or line end behind the field.</summary>
    private string Field()
    {
        _field.Clear();
        if (Peek() == '"')
        {
            Read();
            Quoted();
        }

        while (Peek() is not ('\t' or '\n' or '\r' or End))
        {
            _field.Append((char)Read());
        }

        return _field.ToString();
    }

    private void Quoted()
    {
        while (true)
        {
            int c = Read();
            if (c == End)
            {
                throw new InvalidDataException($"{path} line {RowLine}: expected a closing quote, found the end of the file.");
            }

            if (c == '"' && Peek() != '"')
            {
                return;
            }

            _field.Append((char)c);
            if (c == '"')
            {
                Read();
            }
        }
    }

    private int Peek() => reader.Peek();

    private int Read()
    {
        int c = reader.Read();
        _line += c == '\n' ? 1 : 0;
        return c;
    }
}
