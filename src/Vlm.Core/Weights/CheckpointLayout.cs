namespace Vlm.Core.Weights;

/// <summary>How the files of a checkpoint are arranged and named (llava.md 10).</summary>
public enum CheckpointLayout
{
    /// <summary><c>llava-hf/...</c>: one folder, nested configuration.</summary>
    HuggingFace,

    /// <summary><c>liuhaotian/...</c>: flat configuration with <c>mm_*</c> fields, the vision tower in a folder of its
    /// own.</summary>
    Original,
}
