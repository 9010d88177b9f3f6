using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>A LLaVA of small random weights in float64, with grouped queries; written to a temporary folder and loaded from there.</summary>
public sealed class TinyModel : IDisposable
{
    private const string Config = """
        {
          "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava", "image_token_index": 96, "pad_token_id": 97,
          "projector_hidden_act": "gelu", "vision_feature_layer": -2, "vision_feature_select_strategy": "default",
          "tie_word_embeddings": false, "torch_dtype": "float32",
          "text_config": {
            "model_type": "llama", "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 3, "num_attention_heads": 6,
            "num_key_value_heads": 2, "vocab_size": 101, "max_position_embeddings": 256, "rms_norm_eps": 1e-05, "hidden_act": "silu"
          },
          "vision_config": {
            "model_type": "clip_vision_model", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 6,
            "num_attention_heads": 2, "image_size": 70, "patch_size": 14, "hidden_act": "quick_gelu"
          }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vlm-tiny-");
    private readonly Checkpoint _checkpoint;

    public TinyModel()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "config.json"), Config);
        var config = LlavaConfigReader.Read(_folder.FullName, out _, out _);
        WriteWeights(Path.Combine(_folder.FullName, "model.safetensors"), ModelParameters.List(config));
        _checkpoint = Checkpoint.Open(_folder.FullName);
        Model = Llava.Load(_checkpoint, ScalarType.Float64, CPU);
    }

    public Llava Model { get; }

    /// <summary>Weights of the vision tower, for tests of its parts.</summary>
    public WeightScope VisionWeights => _checkpoint.Weights.To(ScalarType.Float64, CPU).Scope("vision_tower").Scope("vision_model");

    public void Dispose()
    {
        Model.Dispose();
        _checkpoint.Dispose();
        _folder.Delete(recursive: true);
    }

    // Uniform values: scales of norms around 1, matrices of standard deviation 1/sqrt(inputs), so that activations stay near 1.
    private static void WriteWeights(string path, IReadOnlyList<ModelParameter> parameters)
    {
        var random = new Random(20240516);
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach (var parameter in parameters)
        {
            var isScale = parameter.Shape.Length == 1 && parameter.Name.EndsWith(".weight", StringComparison.Ordinal);
            var values = new float[parameter.Count];
            var width = Math.Sqrt(3.0 * parameter.Shape[0] / values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(isScale ? 0.5 + random.NextDouble() : width * ((2 * random.NextDouble()) - 1));
            }

            var begin = data.Length;
            data.Write(MemoryMarshal.AsBytes<float>(values));
            header.Add(parameter.Name, new { dtype = "F32", shape = parameter.Shape, data_offsets = new[] { begin, data.Length } });
        }

        using var file = File.Create(path);
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(length);
        file.Write(json);
        data.WriteTo(file);
    }
}
