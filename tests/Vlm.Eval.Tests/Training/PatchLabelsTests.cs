using Vlm.Eval.Scenes;
using Vlm.Eval.Training;

namespace Vlm.Eval.Tests.Training;

public class PatchLabelsTests
{
    private const int Grid = 16;

    [Fact]
    public void Of_LargeObjectInAWideScene_LabelsThePatchesItCovers()
    {
        SceneObject it = new(SceneShape.Square, SceneColour.Green, IsLarge: true, IsStriped: false, 0.5, 0.375, 0.1);
        PatchLabels labels = PatchLabels.Of(new Scene(400, 300, SceneTexture.Plain, [it], [], 0), Grid);
        int centre = (8 * Grid) + 8; // the picture begins an eighth down the square
        Assert.Equal(1, labels.Classes[6][centre]);
        Assert.Equal(1, labels.Classes[6].Sum());
        Assert.Equal([(long)SceneShape.Square + 1, (long)SceneColour.Green + 1, 2, 1], labels.Classes[..4].Select(group => group[centre]));
        Assert.Equal([0f, 0f], labels.Centres[(2 * centre)..((2 * centre) + 2)]);
        Assert.InRange(labels.HasThing.Sum(), 4, 16); // 0.164 · 16 = 2.6 patches a side
        Assert.Equal(0, labels.HasThing[0]);
    }

    [Fact]
    public void Of_Board_LabelsCharactersFromLeftToRight()
    {
        SceneBoard board = new("4H7", 0.5, 0.5, 0.11);
        PatchLabels labels = PatchLabels.Of(new Scene(224, 224, SceneTexture.Plain, [], [board], 0), Grid);
        long[] row = [.. labels.Classes[4].Skip(8 * Grid).Take(Grid).Where(value => value > 0).Distinct()];
        long[] places = [.. labels.Classes[5].Skip(8 * Grid).Take(Grid).Where(value => value > 0).Distinct()];
        Assert.Equal("4H7".Select(c => SceneGlyphs.Characters.IndexOf(c) + 1L), row);
        Assert.Equal([1L, 2L, 3L], places);
    }
}
