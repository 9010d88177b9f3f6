using Microsoft.Extensions.Options;
using Vlm.Api.Options;

namespace Vlm.Api.Requests;

/// <summary>Pictures that clients have named, so that they need not be sent again: encoded files, apart by key, within a bound of bytes
/// for each; the one unused for longest goes first. Used by many threads.</summary>
internal sealed class NamedPictures(IOptions<ImagesOptions> images)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Shelf> _shelves = []; // by tenant, of whom there are as many as API keys

    /// <summary>The file of that name; null when unknown or gone.</summary>
    public byte[]? Find(string tenant, string id)
    {
        lock (_lock)
        {
            return ShelfOf(tenant).Find(id);
        }
    }

    /// <summary>Keeps a file under a name that nothing else has.</summary>
    public void Keep(string tenant, string id, byte[] file)
    {
        lock (_lock)
        {
            ShelfOf(tenant).Keep(id, file, images.Value.NamedBytes);
        }
    }

    private Shelf ShelfOf(string tenant) =>
        _shelves.TryGetValue(tenant, out Shelf? shelf) ? shelf : _shelves[tenant] = new();

    private sealed class Shelf
    {
        private readonly Dictionary<string, LinkedListNode<(string Id, byte[] File)>> _byId = [];
        private readonly LinkedList<(string Id, byte[] File)> _byUse = []; // longest unused first
        private long _bytes;

        public byte[]? Find(string id)
        {
            if (!_byId.TryGetValue(id, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.File;
        }

        public void Keep(string id, byte[] file, long most)
        {
            if (Find(id) is not null || file.Length > most)
            {
                return;
            }

            _byId[id] = _byUse.AddLast((id, file));
            _bytes += file.Length;
            while (_bytes > most)
            {
                Drop(_byUse.First!.Value);
            }
        }

        private void Drop((string Id, byte[] File) oldest)
        {
            _byUse.RemoveFirst();
            _byId.Remove(oldest.Id);
            _bytes -= oldest.File.Length;
        }
    }
}
