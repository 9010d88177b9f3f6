using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov, Hutter 2019, arXiv 1711.05101, algorithm 2), in PyTorch's order of
/// operations: decay, moments, then the step with both bias corrections.
/// </summary>
public partial class AdamW : OptimizerHelper
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _eps;
    private readonly double _decay;
    private readonly bool _maximize;

    internal AdamW(IEnumerable<ParamGroup> parameters, double lr, double beta1, double beta2, double eps,
        double weight_decay, bool amsgrad, bool maximize)
    {
        (_beta1, _beta2, _eps, _decay, _maximize) = (beta1, beta2, eps, weight_decay, maximize);
        foreach (ParamGroup group in parameters)
        {
            group.FillFrom(lr);
            Groups.Add(group);
            foreach (Parameter parameter in group.Parameters)
            {
                States.Add(parameter, new State(parameter, amsgrad));
            }
        }
    }

    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = closure?.Invoke();
        using IDisposable _ = no_grad();
        foreach (Modules.ParamGroup group in Groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                using DisposeScope scope = NewDisposeScope();
                if (parameter.grad is { } gradient)
                {
                    Update(parameter, gradient, (State)States[parameter], group.LearningRate);
                }
            }
        }

        return loss;
    }

    private void Update(Tensor parameter, Tensor gradient, State state, double rate)
    {
        Tensor slope = _maximize ? gradient.neg() : gradient;
        state.step++;
        parameter.mul_(1 - (rate * _decay));
        state.exp_avg.mul_(_beta1).add_(slope, 1 - _beta1);
        state.exp_avg_sq.mul_(_beta2).addcmul_(slope, slope, 1 - _beta2);
        Tensor square = state.exp_avg_sq;
        if (state.max_exp_avg_sq is { } largest)
        {
            square = largest.copy_(largest.maximum(state.exp_avg_sq));
        }

        double correction1 = 1 - Math.Pow(_beta1, state.step);
        double correction2 = 1 - Math.Pow(_beta2, state.step);
        Tensor denominator = square.sqrt().div_(Math.Sqrt(correction2)).add_(_eps);
        parameter.addcdiv_(state.exp_avg, denominator, -rate / correction1);
    }
}
