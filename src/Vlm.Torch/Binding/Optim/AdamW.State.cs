using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class AdamW
{
    /// <summary>Options of a group; null until the group joins an optimizer.</summary>
    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? eps;
        public double? weight_decay;
        public bool? amsgrad;
        public bool? maximize;

        public override void LoadStateDict(OptimizerOptions source)
        {
            Options other = (Options)source;
            (LearningRate, InitialLearningRate) = (other.LearningRate, other.InitialLearningRate);
            (beta1, beta2, eps) = (other.beta1, other.beta2, other.eps);
            (weight_decay, amsgrad, maximize) = (other.weight_decay, other.amsgrad, other.maximize);
        }

        internal void FillFrom(Options defaults)
        {
            LearningRate ??= defaults.LearningRate;
            InitialLearningRate ??= LearningRate;
            beta1 ??= defaults.beta1;
            beta2 ??= defaults.beta2;
            eps ??= defaults.eps;
            weight_decay ??= defaults.weight_decay;
            amsgrad ??= defaults.amsgrad;
            maximize ??= defaults.maximize;
        }
    }

    /// <summary>Parameters with their own options.</summary>
    public class ParamGroup : Modules.ParamGroup, optim.IBetas
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9,
            double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false,
            bool maximize = false)
        {
            Parameters = parameters;
            Values.LearningRate = lr;
            (Values.beta1, Values.beta2, Values.eps) = (beta1, beta2, eps);
            (Values.weight_decay, Values.amsgrad, Values.maximize) = (weight_decay, amsgrad, maximize);
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
        {
            Parameters = parameters;
            Values = options;
        }

        public (double, double) Betas
        {
            get => (Values.beta1!.Value, Values.beta2!.Value);
            set => (Values.beta1, Values.beta2) = value;
        }

        internal Options Values { get; } = new();

        internal override OptimizerOptions Settings => Values;
    }

    /// <summary>Step count and moments of one parameter; the tensors outlive dispose scopes.</summary>
    public class State : OptimizerState
    {
        public long step;
        public Tensor exp_avg;
        public Tensor exp_avg_sq;
        public Tensor? max_exp_avg_sq;

        internal State(Parameter parameter, bool amsgrad)
        {
            exp_avg = zeros_like(parameter).DetachFromDisposeScope();
            exp_avg_sq = zeros_like(parameter).DetachFromDisposeScope();
            max_exp_avg_sq = amsgrad ? zeros_like(parameter).DetachFromDisposeScope() : null;
        }

        public override void LoadStateDict(OptimizerState source)
        {
            State other = (State)source;
            step = other.step;
            exp_avg.copy_(other.exp_avg);
            exp_avg_sq.copy_(other.exp_avg_sq);
            max_exp_avg_sq?.copy_(other.max_exp_avg_sq!);
        }

        protected override void Dispose(bool disposing)
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
        }
    }
}
