using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Options;

/// <summary>Section <c>Model</c>: which checkpoint answers, and where it runs.</summary>
public sealed class ModelOptions
{
    /// <summary>Folder of the checkpoint.</summary>
    [Required]
    public string Path { get; set; } = "";

    /// <summary>Name of the model in requests and answers; the folder's name when empty.</summary>
    [MaxLength(128)]
    public string Name { get; set; } = "";

    /// <summary>Where it runs: <c>cpu</c> or <c>cuda:N</c>.</summary>
    [Required]
    [RegularExpression("cpu|cuda:[0-9]{1,2}")]
    public string Device { get; set; } = "cpu";

    /// <summary>Element type of weights and arithmetic; <c>auto</c> picks by device and checkpoint.</summary>
    [AllowedValues("auto", "float64", "float32", "float16", "bfloat16")]
    public string Dtype { get; set; } = "auto";

    /// <summary>Form of the language model's matrices: <c>auto</c> goes by <see cref="Dtype"/>, <c>int8</c> rounds them.</summary>
    [AllowedValues("auto", "int8")]
    public string Weights { get; set; } = "auto";
}
