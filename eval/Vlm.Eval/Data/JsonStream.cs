using System.Text.Json;

namespace Vlm.Eval.Data;

/// <summary>Reads a JSON file token by token and value by value through a buffer that grows to the largest value, not to the file.</summary>
internal sealed class JsonStream : IDisposable
{
    private const int FirstBuffer = 1 << 16;

    private readonly string _path;
    private readonly FileStream _stream;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;
    private long _bufferOffset;
    private bool _isFinal;
    private JsonReaderState _state;

    public JsonStream(string path)
    {
        (_path, _stream) = (path, File.OpenRead(path));
        Fill();
        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
        {
            _start = 3;
        }
    }

    /// <summary>Tries to advance; false asks for more bytes.</summary>
    private delegate bool Attempt(ref Utf8JsonReader reader);

    /// <summary>The next token and, for a property, its name.</summary>
    public (JsonTokenType Type, string Name) Token()
    {
        (JsonTokenType Type, string Name) token = default;
        Advance((ref reader) =>
        {
            bool hasRead = reader.Read();
            token = (reader.TokenType, reader.TokenType == JsonTokenType.PropertyName ? reader.GetString()! : "");
            return hasRead;
        });
        return token;
    }

    /// <summary>Passes over the value that follows.</summary>
    public void Skip() => Advance((ref reader) => reader.Read() && reader.TrySkip());

    /// <summary>The value that follows, or null at the end of the array.</summary>
    public JsonRecord? Value(string key = "")
    {
        JsonRecord? record = null;
        Advance((ref reader) =>
        {
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType == JsonTokenType.EndArray)
            {
                return true;
            }

            long offset = _bufferOffset + _start + reader.TokenStartIndex;
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
            {
                return false;
            }

            using (document)
            {
                record = new JsonRecord(_path, offset, key, document.RootElement.Clone());
            }

            return true;
        });
        return record is null or { Value.ValueKind: JsonValueKind.Object }
            ? record
            : throw record.Error("record", "an object", record.Value.GetRawText());
    }

    /// <summary>Reads to the end of the file, so that an error behind what was asked for is found, too.</summary>
    public void Finish()
    {
        bool isLeft = true;
        while (isLeft)
        {
            Advance((ref reader) =>
            {
                isLeft = reader.Read();
                return isLeft || _isFinal;
            });
        }
    }

    /// <summary>An error at the current place.</summary>
    public InvalidDataException Error(string expected, string found) =>
        new($"{_path} line {LineCount.At(_path, _bufferOffset + _start)}: expected {expected}, found {found}.");

    public void Dispose() => _stream.Dispose();

    private void Advance(Attempt attempt)
    {
        try
        {
            while (true)
            {
                Utf8JsonReader reader = new(_buffer.AsSpan(_start, _end - _start), _isFinal, _state);
                if (attempt(ref reader))
                {
                    _start += (int)reader.BytesConsumed;
                    _state = reader.CurrentState;
                    return;
                }

                if (_isFinal)
                {
                    throw Error("more JSON", "the end of the file");
                }

                Fill();
            }
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{_path} line {e.LineNumber + 1}: expected JSON, found: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException(Error("UTF-8", "other bytes").Message, e);
        }
    }

    /// <summary>Moves what is left to the front and reads behind it, into a larger buffer when nothing could be used.</summary>
    private void Fill()
    {
        int left = _end - _start;
        byte[] target = left > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, left).CopyTo(target);
        (_buffer, _bufferOffset, _start) = (target, _bufferOffset + _start, 0);
        int read = _stream.Read(_buffer, left, _buffer.Length - left);
        _end = left + read;
        _isFinal = read == 0;
    }
}
