using Vlm.Eval.Scenes;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>Questions of equal padded length about the pictures of a batch.</summary>
/// <param name="PerPicture">Q.</param>
/// <param name="Length">L: ids of the longest.</param>
/// <param name="Ids">[B · Q · L], padded with zeros behind.</param>
/// <param name="Rows">Rows of the flattened ids whose next token is part of an answer.</param>
/// <param name="Targets">That next token, per row.</param>
/// <param name="Owners">Which question a row belongs to.</param>
/// <param name="Families">Family of each question.</param>
/// <param name="Looks">Where some rows should look.</param>
public sealed record QuestionGroup(
    int PerPicture, int Length, long[] Ids, long[] Rows, long[] Targets, int[] Owners, string[] Families,
    IReadOnlyList<Look> Looks)
{
    /// <summary>Pads questions to one length.</summary>
    /// <param name="scenes">The pictures.</param>
    /// <param name="questions">Of the first picture, then of the second, ...; equally many each.</param>
    /// <param name="encoder">Text to ids.</param>
    public static QuestionGroup Of(IReadOnlyList<Scene> scenes, IReadOnlyList<SceneQuestion> questions, QuestionEncoder encoder)
    {
        int perPicture = questions.Count / scenes.Count;
        EncodedQuestion[] encoded = [.. questions.Select(encoder.Encode)];
        int length = encoded.Max(question => question.Ids.Length) - 1; // nothing follows the end mark
        long[] ids = new long[encoded.Length * length];
        List<long> rows = [];
        List<long> targets = [];
        List<int> owners = [];
        List<Look> looks = [];
        for (int i = 0; i < encoded.Length; i++)
        {
            EncodedQuestion question = encoded[i];
            looks.AddRange(Look.Of(questions[i], question, scenes[i / perPicture].Objects, i * length, i / perPicture));
            for (int at = 0; at < question.Ids.Length - 1; at++)
            {
                ids[(i * length) + at] = question.Ids[at];
                if (at + 1 >= question.AnswerStart)
                {
                    rows.Add((i * length) + at);
                    targets.Add(question.Ids[at + 1]);
                    owners.Add(i);
                }
            }
        }

        return new QuestionGroup(
            perPicture, length, ids, [.. rows], [.. targets], [.. owners], [.. questions.Select(q => q.Family)], looks);
    }

    /// <summary>Right answers per family: every token of an answer must be the likeliest one, which is when greedy
    /// decoding gives that answer.</summary>
    /// <param name="likeliest">Per row.</param>
    public IEnumerable<(string Family, double Score)> Score(long[] likeliest)
    {
        bool[] isRight = [.. Families.Select(_ => true)];
        for (int i = 0; i < likeliest.Length; i++)
        {
            isRight[Owners[i]] &= likeliest[i] == Targets[i];
        }

        return Families.Zip(isRight, (family, right) => (family, right ? 1.0 : 0.0));
    }
}

/// <summary>Pictures and questions of one step.</summary>
/// <param name="Pictures">What the tower sees, with the labels of the patches.</param>
/// <param name="Kept">[B · N] numbers of the patches that the language model gets, ascending per picture; empty for
/// all.</param>
/// <param name="Groups">Questions, padded apart where their lengths differ much.</param>
public sealed record QuestionBatch(ScenePictures Pictures, long[] Kept, IReadOnlyList<QuestionGroup> Groups)
{
    /// <summary>B.</summary>
    public int Count => Pictures.Labels.Length;

    /// <summary>Which object each vector of a picture shows, [N]; -1 for none.</summary>
    public IEnumerable<int> OwnersOf(int picture)
    {
        int[] owners = Pictures.Labels[picture].Owners;
        int kept = Kept.Length / Count;
        return kept == 0 ? owners : Kept.Skip(picture * kept).Take(kept).Select(patch => owners[patch]);
    }

    /// <summary>Features [B, patches, C] -> [B, N, C], only those kept.</summary>
    public Tensor Select(Tensor features)
    {
        if (Kept.Length == 0)
        {
            return features;
        }

        long patches = features.shape[1], width = features.shape[2], kept = Kept.Length / Count;
        long[] rows = [.. Kept.Select((patch, i) => (i / kept * patches) + patch)];
        return features.reshape(-1, width).index_select(0, tensor(rows)).reshape(Count, kept, width);
    }
}
