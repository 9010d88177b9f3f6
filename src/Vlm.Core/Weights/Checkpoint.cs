using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>
/// A LLaVA-1.5 checkpoint folder. Opening it reads the configuration and all headers and checks every tensor's
/// presence, name and shape;
/// no weight is read before <see cref="WeightScope.Get"/>. Tensors outlive the checkpoint.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly List<TensorFolder> _folders;
    private readonly WeightStore _store;

    private Checkpoint(
        string folder, CheckpointLayout layout, LlavaConfig config, List<TensorFolder> folders, WeightStore store)
    {
        Folder = folder;
        Layout = layout;
        Config = config;
        _folders = folders;
        _store = store;
        Weights = new WeightScope(store);
    }

    /// <summary>Path as given to <see cref="Open"/>.</summary>
    public string Folder { get; }

    /// <summary>Layout of the folder.</summary>
    public CheckpointLayout Layout { get; }

    /// <summary>The model.</summary>
    public LlavaConfig Config { get; }

    /// <summary>All weights under their hub names (llava.md 10.2), in the dtype of the files.</summary>
    public WeightScope Weights { get; }

    /// <summary>Folder of the separate vision tower of an original checkpoint, else null; its preprocessor_config.json
    /// counts.</summary>
    public string? VisionTowerFolder { get; private init; }

    /// <summary>Whether matrices of the language model are stored as int8.</summary>
    public bool HoldsInt8 => _store.Parameters.Any(_store.IsInt8);

    internal WeightStore Store => _store;

    internal IEnumerable<ITensorFile> Files => _folders.SelectMany(folder => folder.Files);

    /// <summary>Opens a folder of either layout, with safetensors or zip pickles.</summary>
    /// <exception cref="InvalidDataException">Something is missing, unknown, misshapen, unsupported or broken; the
    /// message names it.</exception>
    public static Checkpoint Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException($"{folder}: expected a checkpoint folder, found no such folder.");
        }

        LlavaConfig config = LlavaConfigReader.Read(folder, out CheckpointLayout layout, out string? towerFolder);
        List<TensorFolder> folders = [];
        try
        {
            WeightStore store = OpenWeights(folder, config, layout, towerFolder, folders);
            return new Checkpoint(folder, layout, config, folders, store) { VisionTowerFolder = towerFolder };
        }
        catch
        {
            folders.ForEach(opened => opened.Dispose());
            throw;
        }
    }

    /// <summary>Call after loading: every weight that the model evaluates must have been asked for.</summary>
    /// <exception cref="InvalidOperationException">Some were not; the message names them.</exception>
    public void CheckComplete()
    {
        string[] names = [.. _store.NeverAsked];
        if (names.Length > 0)
        {
            throw new InvalidOperationException(
                $"{names[0]}: expected every weight to be loaded, found {names.Length} never asked for in {Folder}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folders.ForEach(folder => folder.Dispose());

    private static WeightStore OpenWeights(
        string folder, LlavaConfig config, CheckpointLayout layout, string? towerFolder, List<TensorFolder> folders)
    {
        TensorFolder main = TensorFolder.Open(folder);
        folders.Add(main);
        List<(ITensorFile File, Func<string, string?> ToHub)> sources = [];
        sources.AddRange(main.Files.Select(file => (file, (Func<string, string?>)TensorNames.ToHub)));
        if (layout == CheckpointLayout.Original && !HoldsTower(main))
        {
            TensorFolder tower = TensorFolder.Open(
                towerFolder ?? throw new InvalidDataException(
                    $"mm_vision_tower: expected the vision tower in or beside {folder}, " +
                    "found neither its folder nor its tensors."));
            folders.Add(tower);
            sources.AddRange(tower.Files.Select(file => (file, (Func<string, string?>)TensorNames.ClipToHub)));
        }

        return WeightStore.Create(config, sources, folder);
    }

    private static bool HoldsTower(TensorFolder main) =>
        main.Files.Any(file => file.Entries.Keys.Any(name => name.Contains("vision_tower.", StringComparison.Ordinal)));
}
