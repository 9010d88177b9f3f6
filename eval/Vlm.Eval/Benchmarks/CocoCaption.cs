using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>COCO captions of val2014 (Chen et al., 2015). Question ids are image ids.</summary>
internal sealed class CocoCaption : IBenchmark
{
    private const string Prompt = "Provide a one-sentence caption for the provided image.";
    private const string TruthFile = "coco_caption/captions_val2014.json";
    private const string Pictures = "coco_caption/val2014";
    private const string SharedPictures = "vqav2/val2014";

    public string Name => "coco_caption";

    public IReadOnlyList<DataPart> Parts { get; } = [new(TruthFile, PartUse.Both), new(Pictures + "/", PartUse.Run, SharedPictures + "/")];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Lmms ? 64 : null;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => Read(data).Select(picture => new Question
    {
        Key = picture.Id.Text,
        Id = picture.Id,
        Text = Prompt,
        Picture = Picture.File(data.Folder(Pictures, SharedPictures), picture.File),
    });

    public Scorer OpenScorer(DataFolder data) => CaptionScorer.Open(Name, [.. Read(data)]);

    private static IEnumerable<CaptionedPicture> Read(DataFolder data)
    {
        string path = data.File(TruthFile);
        ILookup<string, string> captions = JsonRecords.Array(path, "annotations").ToLookup(r => r.Id("image_id").Text, r => r.Text("caption"));
        return JsonRecords.Array(path, "images")
            .Unique("id")
            .Where(image => captions.Contains(image.Id("id").Text))
            .Select(image => new CaptionedPicture(image.Id("id"), image.Text("file_name"), [.. captions[image.Id("id").Text]]));
    }
}
