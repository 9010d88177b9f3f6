using Vlm.Core.Models;
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>From weights in training to a checkpoint folder that any LLaVA reader takes.</summary>
public static class CheckpointExport
{
    /// <summary>Writes the folder in float16; an older one of the same name is replaced when the new one is
    /// complete.</summary>
    /// <param name="folder">Checkpoint to make.</param>
    /// <param name="config">The model.</param>
    /// <param name="parameters">All of its weights.</param>
    public static void Write(string folder, LlavaConfig config, ParameterSet parameters)
    {
        string draft = $"{folder}.{Environment.ProcessId}";
        CheckpointFolder.Write(draft, config, TensorDType.F16, (plan, output) => Fill(parameters, plan, output), DefaultVocabulary.Find());
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.Move(draft, folder);
    }

    private static void Fill(ParameterSet parameters, TensorPlan plan, Stream output)
    {
        using var scope = NewDisposeScope();
        output.Write(parameters[plan.Name].detach().to(ScalarType.Float16).contiguous().bytes);
    }
}
