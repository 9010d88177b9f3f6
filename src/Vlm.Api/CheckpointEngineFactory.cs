using Microsoft.Extensions.Options;
using Vlm.Api.Options;
using Vlm.Core.Chat;
using Vlm.Core.Embedding;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Merge;

namespace Vlm.Api;

/// <summary>Makes the engine of the configured checkpoint.</summary>
internal sealed class CheckpointEngineFactory(
    IOptions<ModelOptions> model,
    IOptions<EngineOptions> engine,
    IOptions<ImageLimits> pictures,
    IOptions<MergeOptions> merging,
    ILogger<CheckpointEngineFactory> log) : IEngineFactory
{
    public LoadedModel Start()
    {
        ModelOptions chosen = model.Value;
        log.Loading(chosen.Path, chosen.Device, chosen.Dtype);
        ModelSource source = ModelSource.Open(
            chosen.Path, chosen.Dtype, chosen.Device, engine.Value.MaxContext, chosen.Name.Length > 0 ? chosen.Name : null,
            weights: chosen.Weights);
        VlmEngine running = VlmEngine.Start(source, engine.Value);
        ChatPreparer preparer = new(
            source.Tokenizer, source.Preprocessor, source.Description, pictures.Value, MergeSpec.Parse(merging.Value.Default));
        return new(
            running,
            new ChatService(running, preparer).ChatAsync,
            new MergePreviewer(running, preparer).PreviewAsync,
            new PictureEmbedder(running, preparer).EmbedAsync,
            Release);

        void Release()
        {
            preparer.Dispose();
            source.Dispose();
        }
    }
}
