using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov, Hutter 2019, arXiv 1711.05101, algorithm 2), in PyTorch's order of
/// operations: decay, moments, then the step with both bias corrections.
/// </summary>
public partial class AdamW : OptimizerHelper, optim.IBetas
{
    private readonly Options _defaults;

    public AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            beta1 = beta1,
            beta2 = beta2,
            eps = eps,
            weight_decay = weight_decay,
            amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters)
        {
            add_param_group(group);
        }
    }

    /// <summary>Decay rates of the moments, as every group without its own has them.</summary>
    public (double, double) Betas
    {
        get => (_defaults.beta1!.Value, _defaults.beta2!.Value);
        set
        {
            (_defaults.beta1, _defaults.beta2) = value;
            foreach (ParamGroup group in Groups.OfType<ParamGroup>())
            {
                group.Betas = value;
            }
        }
    }

    /// <exception cref="ArgumentException">The group belongs to another optimizer.</exception>
    public override void add_param_group(Modules.ParamGroup param_group)
    {
        if (param_group is not ParamGroup group)
        {
            throw new ArgumentException($"AdamW: expected its own kind of group, found {param_group.GetType().FullName}.");
        }

        group.Parameters = [.. group.Parameters];
        group.Values.FillFrom(_defaults);
        base.add_param_group(group);
        foreach (Parameter parameter in group.Parameters)
        {
            States.Add(parameter, new State(parameter, group.Values.amsgrad!.Value));
        }
    }

    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = closure?.Invoke();
        using IDisposable _ = no_grad();
        foreach (ParamGroup group in Groups.OfType<ParamGroup>())
        {
            foreach (Parameter parameter in group.Parameters)
            {
                using DisposeScope scope = NewDisposeScope();
                if (parameter.grad is { } gradient)
                {
                    Update(parameter, gradient, (State)States[parameter], group.Values);
                }
            }
        }

        return loss;
    }

    private static void Update(Tensor parameter, Tensor gradient, State state, Options options)
    {
        (double beta1, double beta2) = (options.beta1!.Value, options.beta2!.Value);
        double rate = options.LearningRate!.Value;
        Tensor slope = options.maximize!.Value ? gradient.neg() : gradient;
        state.step++;
        parameter.mul_(1 - (rate * options.weight_decay!.Value));
        state.exp_avg.mul_(beta1).add_(slope, 1 - beta1);
        state.exp_avg_sq.mul_(beta2).addcmul_(slope, slope, 1 - beta2);
        Tensor square = state.exp_avg_sq;
        if (state.max_exp_avg_sq is { } largest)
        {
            square = largest.copy_(maximum(largest, state.exp_avg_sq));
        }

        double correction1 = 1 - Math.Pow(beta1, state.step);
        double correction2 = 1 - Math.Pow(beta2, state.step);
        Tensor denominator = square.sqrt().div_(Math.Sqrt(correction2)).add_(options.eps!.Value);
        parameter.addcdiv_(state.exp_avg, denominator, -rate / correction1);
    }
}
