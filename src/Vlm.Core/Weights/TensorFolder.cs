namespace Vlm.Core.Weights;

/// <summary>The tensor files of one folder: a single file or shards with an index, safetensors before
/// pickles.</summary>
internal sealed class TensorFolder : IDisposable
{
    private static readonly (string Index, string Single, Func<string, ITensorFile> Open)[] Formats =
    [
        ("model.safetensors.index.json", "model.safetensors", SafetensorsFile.Open),
        ("pytorch_model.bin.index.json", "pytorch_model.bin", TorchPickleFile.Open),
    ];

    private readonly List<ITensorFile> _files = [];

    private TensorFolder(string folder) => Folder = folder;

    public string Folder { get; }

    public IReadOnlyList<ITensorFile> Files => _files;

    /// <summary>Opens all files and checks them against the index.</summary>
    /// <exception cref="InvalidDataException">No weights, a bad index, a missing shard, or a broken file.</exception>
    public static TensorFolder Open(string folder)
    {
        var result = new TensorFolder(folder);
        try
        {
            result.OpenFiles();
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void OpenFiles()
    {
        foreach (var (index, single, open) in Formats)
        {
            string indexPath = Path.Combine(Folder, index);
            string singlePath = Path.Combine(Folder, single);
            if (File.Exists(indexPath))
            {
                OpenShards(indexPath, Path.GetExtension(single), open);
                return;
            }

            if (File.Exists(singlePath))
            {
                _files.Add(open(singlePath));
                return;
            }
        }

        string expected = string.Join(" or ", Formats.SelectMany(f => new[] { f.Single, f.Index }));
        throw new InvalidDataException($"weights missing: expected {expected}, found none in {Folder}.");
    }

    private void OpenShards(string indexPath, string extension, Func<string, ITensorFile> open)
    {
        string place = JsonFiles.Place(indexPath);
        var map = JsonFiles.Read<IndexFile>(indexPath).WeightMap
            ?? throw new InvalidDataException(
                $"weight_map: expected names of tensors and files, found none in {place}.");
        foreach (var (tensor, shard) in map)
        {
            CheckName(tensor, shard, extension, place);
        }

        var shards = map.GroupBy(pair => pair.Value, pair => pair.Key);
        foreach (var shard in shards.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            ITensorFile file = OpenShard(shard.Key, shard.First(), place, open);
            _files.Add(file);
            CheckAgainstIndex(file, shard.ToHashSet(), place);
        }
    }

    private static void CheckName(string tensor, string? shard, string extension, string place)
    {
        bool isPlain = !string.IsNullOrEmpty(shard) && !shard.Contains('/') && !shard.Contains('\\')
            && !shard.Contains("..")
            && shard.EndsWith(extension, StringComparison.Ordinal);
        if (!isPlain)
        {
            throw new InvalidDataException(
                $"{tensor}: expected a file name without a path that ends in {extension}, " +
                $"found \"{shard}\" in {place}.");
        }
    }

    private ITensorFile OpenShard(string shard, string firstTensor, string place, Func<string, ITensorFile> open)
    {
        string path = Path.Combine(Folder, shard);
        return File.Exists(path)
            ? open(path)
            : throw new InvalidDataException(
                $"{shard}: file missing: expected it for {firstTensor} as in {place}, found no such file.");
    }

    private static void CheckAgainstIndex(ITensorFile file, HashSet<string> indexed, string place)
    {
        string shard = Path.GetFileName(file.Path);
        if (indexed.FirstOrDefault(name => !file.Entries.ContainsKey(name)) is { } absent)
        {
            throw new InvalidDataException($"{absent}: expected in {shard} as in {place}, found no such tensor in it.");
        }

        if (file.Entries.Keys.FirstOrDefault(name => !indexed.Contains(name)) is { } extra)
        {
            throw new InvalidDataException(
                $"{extra}: expected {shard} in {place}, found the tensor in the shard but not in the index.");
        }
    }

    private sealed record IndexFile
    {
        public Dictionary<string, string>? WeightMap { get; init; }
    }
}
