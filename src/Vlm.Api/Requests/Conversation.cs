using System.Globalization;
using Vlm.Api.Contracts;
using Vlm.Core.Text;

namespace Vlm.Api.Requests;

/// <summary>The turns of a request with the pictures they show.</summary>
/// <param name="Messages">The turns; pictures are numbered in their order.</param>
/// <param name="Pictures">The bytes of each picture.</param>
/// <param name="PicturePaths">The field that each picture came in, for errors.</param>
/// <param name="Names">The names that it gives to pictures.</param>
internal sealed record Conversation(
    IReadOnlyList<ChatMessage> Messages, IReadOnlyList<byte[]> Pictures, IReadOnlyList<string> PicturePaths, PictureNames Names);

/// <summary>Brings short form, long form and uploaded files together as one conversation.</summary>
/// <param name="reader">Reads the pictures.</param>
/// <param name="names">Names of pictures.</param>
/// <param name="faults">Takes what is wrong.</param>
/// <param name="pictureField">Where an image part has its picture, for errors.</param>
internal sealed class ConversationReader(
    PictureReader reader, PictureNames names, RequestFaults faults, string pictureField = "image")
{
    private const string IdField = "image_id";

    private readonly List<byte[]> _pictures = [];
    private readonly List<string> _paths = [];

    /// <summary>Reads the conversation of a request; faults are noted.</summary>
    public Conversation Read(ChatRequest request, IReadOnlyList<IFormFile> files)
    {
        Queue<(string Path, Func<string, byte[]> Read)> offered = new(Named(request.ImageId, [.. Offered(request, files)]));
        int numOffered = offered.Count;
        if ((request.Prompt is null) == (request.Messages is null))
        {
            RefuseForms(request);
        }
        else if (request.Prompt is { } prompt)
        {
            ChatPart[] pictures = [.. offered.Select(o => Take(o.Path, o.Read))];
            return new([new(ChatMessage.User, [.. pictures, new ChatPart.Text(prompt)])], _pictures, _paths, names);
        }

        List<ChatMessage> turns = [.. (request.Messages ?? []).Select((turn, i) => ReadTurn(turn, i, offered))];
        foreach ((string path, string fault) in request.Messages is null || faults.Has("messages") ? [] : ChatValidation.Faults(turns))
        {
            faults.Add(path, fault);
        }

        turns.RemoveAll(ChatValidation.IsAbsent);
        if (offered.Count > 0 && request.Messages is not null && !faults.Has("messages"))
        {
            faults.Add("images", string.Create(
                CultureInfo.InvariantCulture,
                $"expected as many pictures as image parts without one in messages ({numOffered - offered.Count}), found {numOffered}."));
        }

        return new(turns, _pictures, _paths, names);
    }

    private IEnumerable<(string Path, Func<string, byte[]> Read)> Offered(ChatRequest request, IReadOnlyList<IFormFile> files)
    {
        if (request.Image is { } image)
        {
            yield return ("image", path => reader.Read(image, path));
        }

        foreach ((int i, string? source) in (request.Images ?? []).Index())
        {
            if (source is not null)
            {
                yield return ($"images[{i}]", path => reader.Read(source, path));
            }
        }

        foreach ((int i, IFormFile file) in files.Index())
        {
            yield return (files.Count == 1 ? "image" : $"image[{i}]", path => reader.Read(file, path));
        }
    }

    /// <summary>Gives the name of the short form to its picture, or takes the picture of that name.</summary>
    private IEnumerable<(string Path, Func<string, byte[]> Read)> Named(
        string? id, IReadOnlyList<(string Path, Func<string, byte[]> Read)> offered)
    {
        switch (id, offered)
        {
            case (null, _):
                return offered;
            case (_, []):
                return [(IdField, path => names.Find(id, path))];
            case (_, [var (path, read)]):
                return [(path, p => names.Give(id, read(p), IdField))];
            default:
                faults.Add(IdField, string.Create(CultureInfo.InvariantCulture, $"expected one picture to name, found {offered.Count}."));
                return offered;
        }
    }

    private void RefuseForms(ChatRequest request)
    {
        if (request.Prompt is not null)
        {
            faults.Add("prompt", "expected prompt or messages, found both.");
        }
        else if (!faults.Has("prompt") && !faults.Has("messages"))
        {
            faults.Add("prompt", "expected prompt or messages, found neither.");
        }
    }

    private ChatMessage ReadTurn(ChatTurn? turn, int index, Queue<(string Path, Func<string, byte[]> Read)> offered)
    {
        string role = turn?.Role switch
        {
            ChatRole.System => ChatMessage.System,
            ChatRole.Assistant => ChatMessage.Assistant,
            _ => ChatMessage.User,
        };
        var parts = turn?.Content?.Text is { } text ? [new ChatPart.Text(text)] : ReadParts(turn, index, offered);
        return new(role, parts);
    }

    private List<ChatPart> ReadParts(ChatTurn? turn, int index, Queue<(string Path, Func<string, byte[]> Read)> offered)
    {
        List<ChatPart> parts = [];
        foreach ((int at, ContentPart? part) in (turn?.Content?.Value ?? []).Index())
        {
            string path = $"messages[{index}].content[{at}].{pictureField}";
            string idPath = $"messages[{index}].content[{at}].{IdField}";
            switch (part)
            {
                case TextPart { Text: { } value }:
                    parts.Add(new ChatPart.Text(value));
                    break;
                case ImagePart { Image: { } source, ImageId: var id }:
                    parts.Add(Take(path, p => names.Give(id, reader.Read(source, p), idPath)));
                    break;
                case ImagePart { ImageId: { } id }:
                    parts.Add(Take(idPath, p => names.Find(id, p)));
                    break;
                case ImagePart when offered.TryDequeue(out var next):
                    parts.Add(Take(next.Path, next.Read));
                    break;
                case ImagePart when !faults.Has(path):
                    faults.Add(path, "expected a picture here or a further one in images or the uploaded files, found neither.");
                    break;
            }
        }

        return parts;
    }

    private ChatPart.Image Take(string path, Func<string, byte[]> read)
    {
        _pictures.Add(read(path));
        _paths.Add(path);
        return new(_pictures.Count - 1);
    }
}
