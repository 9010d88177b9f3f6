using Vlm.Core.Models;
using Vlm.Core.Weights;

namespace Vlm.Core.Tests.Weights;

public sealed class VisionTowerFolderTests
{
    private const string ReleasedName = "openai/clip-vit-large-patch14-336";

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData("/etc")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("")]
    public void Find_NameThatLeavesTheCheckpoint_IsRefused(string name)
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<InvalidDataException>(() => VisionTowerFolder.Find(folder.Path, name));

        Assert.Equal(
            $"mm_vision_tower: expected a folder relative to the checkpoint, found \"{name}\" in {folder["config.json"]}.",
            error.Message);
    }

    [Theory]
    [InlineData("checkpoint/openai/clip-vit-large-patch14-336")]
    [InlineData("checkpoint/clip-vit-large-patch14-336")]
    [InlineData("checkpoint/vision-tower")]
    [InlineData("clip-vit-large-patch14-336")]
    public void Find_HubName_LooksBelowAndBesideTheCheckpoint(string place)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["checkpoint"]);
        Directory.CreateDirectory(folder[place]);
        File.WriteAllText(Path.Combine(folder[place], "config.json"), "{}");

        Assert.Equal(folder[place], VisionTowerFolder.Find(folder["checkpoint"], ReleasedName));
    }

    [Fact]
    public void ReadConfig_NoFolder_KnowsTheReleasedTowerOnly()
    {
        Assert.Equal(VisionConfig.ClipLarge336, VisionTowerFolder.ReadConfig(null, ReleasedName, "config.json"));
        var error = Assert.Throws<InvalidDataException>(
            () => VisionTowerFolder.ReadConfig(null, "other", "x/config.json"));
        Assert.Equal(
            "mm_vision_tower: expected a folder \"other\" in or beside the checkpoint, found none; named in x/config.json.",
            error.Message);
    }
}
