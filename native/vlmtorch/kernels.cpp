// Kernels (IKernels): shapes are checked, then float32 and float64 on the CPU go to cpu.h and everything else to ATen.
// With gradients only attention and quick-GELU have own code; ATen differentiates the others.
#include "kernels.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "cpu.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
template <class... Tensors> bool own_type(const at::Tensor &x, const Tensors &...others) {
    const auto fits = [&](const at::Tensor &y) { return y.is_cpu() && y.scalar_type() == x.scalar_type(); };
    return (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) && fits(x) && (fits(others) && ...);
}

template <class... Tensors> bool wants_gradient(const Tensors &...tensors) {
    return c10::GradMode::is_enabled() && (tensors.requires_grad() || ...);
}

template <class... Tensors> bool own_code(const at::Tensor &x, const Tensors &...others) {
    return own_type(x, others...) && !wants_gradient(x, others...);
}

// Calls f with float or double as the type of its argument.
template <class F> auto typed(const at::Tensor &x, const F &f) {
    return x.scalar_type() == at::kDouble ? f(double{}) : f(float{});
}

// What BLAS takes as a matrix: rows of adjacent elements that do not overlap.
bool dense_rows(const at::Tensor &x) { return x.stride(-1) == 1 && x.stride(-2) >= x.size(-1); }

// float32 rows also take weights that stay in 16 bits.
bool own_weights(const at::Tensor &x, const at::Tensor &weight) {
    const auto type = weight.scalar_type();
    return weight.is_cpu() && !wants_gradient(x, weight) && weight.is_contiguous() && weight.dim() == 2 &&
           (type == x.scalar_type() || (x.scalar_type() == at::kFloat && (type == at::kHalf || type == at::kBFloat16)));
}

template <class W, class T>
void multiply(const at::Tensor &x, const at::Tensor &weight, const T *bias, const at::Tensor &out) {
    const cpu::Weights<W> rows{static_cast<const W *>(weight.data_ptr()), nullptr, weight.size(1)};
    cpu::linear<T, W>(x.data_ptr<T>(), rows, bias, out.data_ptr<T>(), x.numel() / x.size(-1), weight.size(0));
}

at::Tensor own_linear(const at::Tensor &x, const at::Tensor &weight, const Optional<at::Tensor> &bias) {
    const bool fits = own_code(x) && own_weights(x, weight) && x.dim() > 0 && x.size(-1) == weight.size(1) &&
                      x.numel() > 0 && weight.numel() > 0 &&
                      (!bias.has_value() || (own_code(x, *bias) && bias->is_contiguous() && bias->dim() == 1 &&
                                             bias->size(0) == weight.size(0)));
    if (!fits) {
        return at::linear(x, weight.to(x.scalar_type()), bias);
    }
    const at::Tensor input = x.contiguous();
    auto shape = x.sizes().vec();
    shape.back() = weight.size(0);
    at::Tensor out = at::empty(shape, x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        const T *added = bias.has_value() ? bias->data_ptr<T>() : nullptr;
        if (weight.scalar_type() == x.scalar_type()) {
            return multiply<T, T>(input, weight, added, out);
        }
        if constexpr (sizeof(T) == sizeof(float)) {
            weight.scalar_type() == at::kHalf ? multiply<cpu::Float16, T>(input, weight, added, out)
                                              : multiply<cpu::BFloat16, T>(input, weight, added, out);
        }
    });
    return out;
}

std::pair<at::Tensor, at::Tensor> quantize(const at::Tensor &weight) {
    const auto type = weight.scalar_type();
    TORCH_CHECK(weight.is_cpu() && weight.dim() == 2 && weight.size(1) % cpu::kGroup == 0 &&
                    (type == at::kFloat || type == at::kHalf || type == at::kBFloat16),
                "quantize: expected float32, float16 or bfloat16 [out, multiple of ", cpu::kGroup,
                "] on the CPU, found ", weight.toString(), " ", weight.sizes());
    const at::Tensor source = weight.contiguous();
    const int64_t out = weight.size(0);
    const int64_t in = weight.size(1);
    at::Tensor values = at::empty({out, in}, weight.options().dtype(at::kChar));
    at::Tensor scales = at::empty({out, in / cpu::kGroup}, weight.options().dtype(at::kBFloat16));
    const auto run = [&](auto zero) {
        using W = decltype(zero);
        const cpu::Weights<W> rows{static_cast<const W *>(source.data_ptr()), nullptr, in};
        cpu::quantize(rows, out, values.data_ptr<int8_t>(), static_cast<cpu::BFloat16 *>(scales.data_ptr()));
    };
    type == at::kFloat ? run(float{}) : type == at::kHalf ? run(cpu::Float16{}) : run(cpu::BFloat16{});
    return {values, scales};
}

at::Tensor linear_int8(const at::Tensor &x, const at::Tensor &values, const at::Tensor &scales,
                       const Optional<at::Tensor> &bias) {
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kFloat && x.dim() > 0 && values.is_cpu() && values.dim() == 2 &&
                    values.scalar_type() == at::kChar && values.is_contiguous() && x.size(-1) == values.size(1) &&
                    scales.is_cpu() && scales.scalar_type() == at::kBFloat16 && scales.is_contiguous() &&
                    values.size(1) % cpu::kGroup == 0 &&
                    scales.sizes() == at::IntArrayRef({values.size(0), values.size(1) / cpu::kGroup}),
                "linear int8: expected float32 x [..., in], int8 values [out, in] and bfloat16 scales [out, in / ",
                cpu::kGroup, "] on the CPU, found ", x.toString(), " ", x.sizes(), ", ", values.toString(), " ",
                values.sizes(), ", ", scales.toString(), " ", scales.sizes());
    TORCH_CHECK(!bias.has_value() || (bias->is_cpu() && bias->scalar_type() == at::kFloat && bias->is_contiguous() &&
                                      bias->sizes() == at::IntArrayRef({values.size(0)})),
                "linear int8: expected float32 bias [", values.size(0), "], found ", bias->toString(), " ",
                bias->sizes());
    const at::Tensor input = x.contiguous();
    auto shape = x.sizes().vec();
    shape.back() = values.size(0);
    at::Tensor out = at::empty(shape, x.options());
    const cpu::Weights<int8_t> rows{values.data_ptr<int8_t>(), static_cast<const cpu::BFloat16 *>(scales.data_ptr()),
                                    values.size(1)};
    cpu::linear<float, int8_t>(input.data_ptr<float>(), rows, bias.has_value() ? bias->data_ptr<float>() : nullptr,
                               out.data_ptr<float>(), x.numel() / x.size(-1), values.size(0));
    return out;
}

void check_attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, const Optional<at::Tensor> &bias) {
    TORCH_CHECK(q.dim() == 4 && k.dim() == 4 && v.sizes() == k.sizes() && q.size(0) == k.size(0) &&
                    q.size(1) == k.size(1) && q.size(3) == k.size(3),
                "attention: expected q [B, H, T, D] and k, v [B, H, S, D], found ", q.sizes(), ", ", k.sizes(), ", ",
                v.sizes());
    TORCH_CHECK(!bias.has_value() || bias->sizes() == at::IntArrayRef({k.size(0), k.size(2)}),
                "attention: expected keyBias [", k.size(0), ", ", k.size(2), "], found ", bias->sizes());
}

template <class T> const T *data(const at::Tensor &x) { return x.data_ptr<T>(); }

// Shapes that the own code takes: BLAS reads rows of adjacent elements.
bool own_attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, const Optional<at::Tensor> &bias) {
    return (cpu::has_blas() || !wants_gradient(q, k, v)) && dense_rows(q) && dense_rows(k) && dense_rows(v) &&
           q.numel() > 0 && k.numel() > 0 && !(bias.has_value() && (bias->requires_grad() || !bias->is_cpu()));
}

template <class T>
cpu::Attention<T> problem_of(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, double scale,
                             const at::Tensor &bias) {
    return {data<T>(q),
            data<T>(k),
            data<T>(v),
            bias.defined() ? data<T>(bias) : nullptr,
            q.size(0),
            q.size(1),
            q.size(2),
            k.size(2),
            q.size(3),
            {q.stride(0), q.stride(1), q.stride(2)},
            {k.stride(0), k.stride(1), k.stride(2)},
            {v.stride(0), v.stride(1), v.stride(2)},
            static_cast<T>(scale)};
}

// bias: contiguous in q's type, or undefined. The tokens stay outermost in memory, as the layer after it reads them.
at::Tensor attend(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, double scale, const at::Tensor &bias) {
    at::Tensor out = at::empty({q.size(0), q.size(2), q.size(1), q.size(3)}, q.options());
    typed(q, [&](auto zero) {
        using T = decltype(zero);
        cpu::attention<T>(problem_of<T>(q, k, v, scale, bias), out.data_ptr<T>());
    });
    return out.transpose(1, 2);
}

struct AttentionWithGradient : torch::autograd::Function<AttentionWithGradient> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &q, const at::Tensor &k,
                              const at::Tensor &v, double scale, const Optional<at::Tensor> &bias) {
        const at::Tensor added = bias.has_value() ? *bias : at::Tensor();
        context->save_for_backward({q, k, v, added});
        context->saved_data["scale"] = scale;
        return attend(q, k, v, scale, added);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &bias = saved[3];
        const double scale = context->saved_data["scale"].toDouble();
        const at::Tensor dout = gradients[0].transpose(1, 2).contiguous(); // [B, T, H, D]
        const at::Tensor dq = at::empty_like(dout);
        const at::Tensor dk = at::empty({k.size(0), k.size(2), k.size(1), k.size(3)}, k.options());
        const at::Tensor dv = at::empty_like(dk);
        typed(q, [&](auto zero) {
            using T = decltype(zero);
            cpu::attention_backward<T>(problem_of<T>(q, k, v, scale, bias), data<T>(dout), dq.data_ptr<T>(),
                                       dk.data_ptr<T>(), dv.data_ptr<T>());
        });
        return {dq.transpose(1, 2), dk.transpose(1, 2), dv.transpose(1, 2), at::Tensor(), at::Tensor()};
    }
};

at::Tensor attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, double scale,
                     const Optional<at::Tensor> &bias) {
    check_attention(q, k, v, bias);
    if (!own_type(q, k, v) || !own_attention(q, k, v, bias)) {
        return plain::attention(q, k, v, scale, bias);
    }
    const Optional<at::Tensor> added =
        bias.has_value() ? Optional<at::Tensor>(bias->to(q.scalar_type()).contiguous()) : Optional<at::Tensor>();
    return wants_gradient(q, k, v) ? AttentionWithGradient::apply(q, k, v, scale, added)
                                   : attend(q, k, v, scale, added.has_value() ? *added : at::Tensor());
}

void check_index(const char *name, const at::Tensor &x, int64_t dims) {
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kLong && x.is_contiguous() && x.dim() == dims,
                "paged attention: ", name, ": expected contiguous int64 with ", dims, " axes on the CPU, found ",
                x.toString(), " ", x.sizes());
}

void check_sequences(const at::Tensor &q, const at::Tensor &keys, const at::Tensor &tables, const at::Tensor &starts,
                     const at::Tensor &lengths) {
    const int64_t count = tables.size(0);
    TORCH_CHECK(starts.size(0) == count + 1 && lengths.size(0) == count, "paged attention: expected ", count + 1,
                " starts and ", count, " lengths, found ", starts.size(0), " and ", lengths.size(0));
    const int64_t *table = tables.data_ptr<int64_t>();
    const int64_t *start = starts.data_ptr<int64_t>();
    TORCH_CHECK(start[0] == 0 && start[count] == q.size(0), "paged attention: expected queries 0 to ", q.size(0),
                ", found ", start[0], " to ", start[count]);
    for (int64_t b = 0; b < count; ++b) {
        const int64_t length = lengths.data_ptr<int64_t>()[b];
        const int64_t queries = start[b + 1] - start[b];
        TORCH_CHECK(queries >= 0 && length >= queries && length <= tables.size(1) * keys.size(1),
                    "paged attention: sequence ", b, ": expected a length from ", queries, " to ",
                    tables.size(1) * keys.size(1), ", found ", length);
        for (int64_t i = 0; i * keys.size(1) < length; ++i) {
            const int64_t id = table[b * tables.size(1) + i];
            TORCH_CHECK(id >= 0 && id < keys.size(0), "paged attention: sequence ", b, ", block ", i,
                        ": expected an id below ", keys.size(0), ", found ", id);
        }
    }
}

// A cache in the queries' type, or in float16 for float32 queries.
bool own_cache(const at::Tensor &q, const at::Tensor &cache) {
    const auto type = cache.scalar_type();
    return cache.is_cpu() && cache.is_contiguous() && !wants_gradient(cache) &&
           (type == q.scalar_type() || (q.scalar_type() == at::kFloat && type == at::kHalf));
}

at::Tensor paged_attention(const at::Tensor &q, const at::Tensor &keys, const at::Tensor &values,
                           const at::Tensor &tables, const at::Tensor &starts, const at::Tensor &lengths,
                           double scale) {
    TORCH_CHECK(q.dim() == 3 && keys.dim() == 4 && values.sizes() == keys.sizes() && q.size(2) == keys.size(3) &&
                    keys.size(2) > 0 && q.size(1) % keys.size(2) == 0,
                "paged attention: expected q [T, H, D] and caches [N, block, K, D], found ", q.sizes(), ", ",
                keys.sizes(), ", ", values.sizes());
    check_index("blockTables", tables, 2);
    check_index("queryStart", starts, 1);
    check_index("contextLength", lengths, 1);
    check_sequences(q, keys, tables, starts, lengths);
    if (!own_code(q) || !own_cache(q, keys) || !own_cache(q, values)) {
        return plain::paged_attention(q, keys.to(q.scalar_type()), values.to(q.scalar_type()), tables, starts, lengths,
                                      scale);
    }
    const at::Tensor queries = q.contiguous();
    at::Tensor out = at::empty(q.sizes(), q.options());
    const auto run = [&](auto zero, auto cached) {
        using T = decltype(zero);
        using C = decltype(cached);
        cpu::paged_attention<T, C>({data<T>(queries), static_cast<const C *>(keys.data_ptr()),
                                    static_cast<const C *>(values.data_ptr()), data<int64_t>(tables),
                                    data<int64_t>(starts), data<int64_t>(lengths), tables.size(0), tables.size(1),
                                    q.size(1), keys.size(2), q.size(2), keys.size(1), static_cast<T>(scale)},
                                   out.data_ptr<T>());
    };
    if (keys.scalar_type() == at::kHalf) {
        run(float{}, cpu::Float16{});
    } else {
        typed(q, [&](auto zero) { run(zero, zero); });
    }
    return out;
}

template <class T> void copy_row(const T *from, int64_t size, T *to) { std::copy(from, from + size, to); }

void copy_row(const float *from, int64_t size, cpu::Float16 *to) { cpu::narrow(from, to, size); }

template <class C, class T>
void copy_rows(const at::Tensor &cache, const at::Tensor &rows, const int64_t *slots, int64_t size) {
    C *target = static_cast<C *>(cache.data_ptr());
    const T *source = rows.data_ptr<T>();
    for (int64_t i = 0; i < rows.size(0); ++i) {
        copy_row(source + i * size, size, target + slots[i] * size);
    }
}

void write_cache(const at::Tensor &keys, const at::Tensor &values, const at::Tensor &k, const at::Tensor &v,
                 const at::Tensor &slots) {
    TORCH_CHECK(keys.dim() == 4 && values.sizes() == keys.sizes() && k.dim() == 3 && v.sizes() == k.sizes() &&
                    k.size(1) == keys.size(2) && k.size(2) == keys.size(3) && slots.numel() == k.size(0),
                "cache: expected caches [N, block, K, D], k, v [T, K, D] and T slots, found ", keys.sizes(), ", ",
                values.sizes(), ", ", k.sizes(), ", ", v.sizes(), ", ", slots.sizes());
    if (!own_code(k, v) || !own_cache(k, keys) || !own_cache(v, values) || !slots.is_cpu() ||
        slots.scalar_type() != at::kLong) {
        plain::write_cache(keys, values, k.to(keys.scalar_type()), v.to(values.scalar_type()), slots);
        return;
    }
    const at::Tensor index = slots.contiguous();
    const int64_t *rows = index.data_ptr<int64_t>();
    const int64_t room = keys.size(0) * keys.size(1);
    for (int64_t i = 0; i < index.numel(); ++i) {
        TORCH_CHECK(rows[i] >= 0 && rows[i] < room, "cache: slot ", i, ": expected 0 to ", room - 1, ", found ",
                    rows[i]);
    }
    const auto copy = [&](auto zero, auto cached) {
        using T = decltype(zero);
        using C = decltype(cached);
        copy_rows<C, T>(keys, k.contiguous(), rows, k.size(1) * k.size(2));
        copy_rows<C, T>(values, v.contiguous(), rows, k.size(1) * k.size(2));
    };
    if (keys.scalar_type() == at::kHalf) {
        copy(float{}, cpu::Float16{});
    } else {
        typed(k, [&](auto zero) { copy(zero, zero); });
    }
}

at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double eps) {
    TORCH_CHECK(x.dim() > 0 && weight.dim() == 1 && weight.size(0) == x.size(-1),
                "rms norm: expected x [..., C] and weight [C], found ", x.sizes(), ", ", weight.sizes());
    if (!own_code(x, weight) || !weight.is_contiguous() || x.numel() == 0) {
        return plain::rms_norm(x, weight, eps);
    }
    const at::Tensor input = x.contiguous();
    at::Tensor out = at::empty(x.sizes(), x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::rms_norm<T>(data<T>(input), data<T>(weight), out.data_ptr<T>(), x.numel() / x.size(-1), x.size(-1),
                         static_cast<T>(eps));
    });
    return out;
}

at::Tensor activate(const at::Tensor &x) {
    const at::Tensor input = x.contiguous();
    at::Tensor out = at::empty(x.sizes(), x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::quick_gelu<T>(data<T>(input), out.data_ptr<T>(), x.numel());
    });
    return out;
}

struct QuickGeluWithGradient : torch::autograd::Function<QuickGeluWithGradient> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x) {
        context->save_for_backward({x});
        return activate(x);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list gradients) {
        const at::Tensor x = context->get_saved_variables()[0].contiguous();
        const at::Tensor dout = gradients[0].contiguous();
        at::Tensor dx = at::empty(x.sizes(), x.options());
        typed(x, [&](auto zero) {
            using T = decltype(zero);
            cpu::quick_gelu_backward<T>(data<T>(x), data<T>(dout), dx.data_ptr<T>(), x.numel());
        });
        return {dx};
    }
};

at::Tensor quick_gelu(const at::Tensor &x) {
    if (!own_type(x)) {
        return plain::quick_gelu(x);
    }
    return wants_gradient(x) ? QuickGeluWithGradient::apply(x) : activate(x);
}

at::Tensor silu_mul(const at::Tensor &gate, const at::Tensor &up) {
    TORCH_CHECK(gate.sizes() == up.sizes(), "silu times up: expected equal shapes, found ", gate.sizes(), ", ",
                up.sizes());
    if (!own_code(gate, up)) {
        return plain::silu_mul(gate, up);
    }
    const at::Tensor left = gate.contiguous();
    const at::Tensor right = up.contiguous();
    at::Tensor out = at::empty(gate.sizes(), gate.options());
    typed(gate, [&](auto zero) {
        using T = decltype(zero);
        cpu::silu_mul<T>(data<T>(left), data<T>(right), out.data_ptr<T>(), gate.numel());
    });
    return out;
}

at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin) {
    TORCH_CHECK(x.dim() == 3 && cos.sizes() == at::IntArrayRef({x.size(0), x.size(2)}) && sin.sizes() == cos.sizes() &&
                    x.size(2) % 2 == 0,
                "rotary: expected x [T, heads, D] and cos, sin [T, D], found ", x.sizes(), ", ", cos.sizes(), ", ",
                sin.sizes());
    if (!own_code(x, cos, sin)) {
        return plain::rotary(x, cos, sin);
    }
    const at::Tensor input = x.contiguous();
    const at::Tensor c = cos.contiguous();
    const at::Tensor s = sin.contiguous();
    at::Tensor out = at::empty(x.sizes(), x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::rotary<T>(data<T>(input), data<T>(c), data<T>(s), out.data_ptr<T>(), x.size(0), x.size(1), x.size(2));
    });
    return out;
}
} // namespace

int32_t vt_kernel_linear(const VtTensor *x, const VtTensor *weight, const VtTensor *bias, VtTensor **out) {
    VT_GUARD(put(out, own_linear(*x, *weight, maybe(bias)));)
}

int32_t vt_kernel_quantize(const VtTensor *weight, VtTensor **values, VtTensor **scales) {
    VT_GUARD(const auto result = quantize(*weight); put(values, result.first); put(scales, result.second);)
}

int32_t vt_kernel_linear_int8(const VtTensor *x, const VtTensor *values, const VtTensor *scales, const VtTensor *bias,
                              VtTensor **out) {
    VT_GUARD(put(out, linear_int8(*x, *values, *scales, maybe(bias)));)
}

int32_t vt_kernel_attention(const VtTensor *q, const VtTensor *k, const VtTensor *v, double scale,
                            const VtTensor *key_bias, VtTensor **out) {
    VT_GUARD(put(out, attention(*q, *k, *v, scale, maybe(key_bias)));)
}

int32_t vt_kernel_paged_attention(const VtTensor *q, const VtTensor *key_cache, const VtTensor *value_cache,
                                  const VtTensor *block_tables, const VtTensor *query_start,
                                  const VtTensor *context_length, double scale, VtTensor **out) {
    VT_GUARD(
        put(out, paged_attention(*q, *key_cache, *value_cache, *block_tables, *query_start, *context_length, scale));)
}

int32_t vt_kernel_write_cache(const VtTensor *key_cache, const VtTensor *value_cache, const VtTensor *k,
                              const VtTensor *v, const VtTensor *slots) {
    VT_GUARD(write_cache(*key_cache, *value_cache, *k, *v, *slots);)
}

int32_t vt_kernel_rms_norm(const VtTensor *x, const VtTensor *weight, double eps, VtTensor **out) {
    VT_GUARD(put(out, rms_norm(*x, *weight, eps));)
}

int32_t vt_kernel_quick_gelu(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, quick_gelu(*x));) }

int32_t vt_kernel_silu_mul(const VtTensor *gate, const VtTensor *up, VtTensor **out) {
    VT_GUARD(put(out, silu_mul(*gate, *up));)
}

int32_t vt_kernel_rotary(const VtTensor *x, const VtTensor *cos, const VtTensor *sin, VtTensor **out) {
    VT_GUARD(put(out, rotary(*x, *cos, *sin));)
}
