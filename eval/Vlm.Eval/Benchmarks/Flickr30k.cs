using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>
/// Captions of Flickr30k's 1,000 test pictures in Karpathy's split (Young et al., 2014). lmms-eval scores all 31,783 pictures instead, so its
/// numbers are not comparable. Question ids are imgid.
/// </summary>
internal sealed class Flickr30k : IBenchmark
{
    private const string Prompt = "Provide a one-sentence caption for the provided image.";
    private const string TruthFile = "flickr30k/dataset_flickr30k.json";
    private const string Pictures = "flickr30k/flickr30k-images";

    public string Name => "flickr30k";

    public IReadOnlyList<DataPart> Parts { get; } = [new(TruthFile, PartUse.Both), new(Pictures + "/", PartUse.Run, "flickr30k/images/")];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Lmms ? 64 : null;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => Read(data).Select(picture => new Question
    {
        Key = picture.Id.Text,
        Id = picture.Id,
        Text = Prompt,
        Picture = Picture.File(data.Folder(Pictures, "flickr30k/images"), picture.File),
    });

    public Scorer OpenScorer(DataFolder data) => CaptionScorer.Open(Name, [.. Read(data)]);

    private static IEnumerable<CaptionedPicture> Read(DataFolder data) =>
        JsonRecords.Array(data.File(TruthFile), "images")
            .Where(image => image.Text("split") == "test")
            .Unique("imgid")
            .Select(image => new CaptionedPicture(image.Id("imgid"), image.Text("filename"), image.Texts("sentences", "raw")));
}
