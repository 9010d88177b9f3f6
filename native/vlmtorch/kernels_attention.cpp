// Attention over tensors and over the block cache, with its gradients (IKernels.Attention, AttentionMeans,
// PagedAttention, WriteCache).
#include <torch/csrc/autograd/custom_function.h>

#include "convert.h"
#include "cpu.h"
#include "guard.h"
#include "kernels.h"
#include "kernels_own.h"
#include "kernels_parts.h"
#include "scratch.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
// What BLAS takes as a matrix: rows of adjacent elements that do not overlap.
bool dense_rows(const at::Tensor &x) { return x.stride(-1) == 1 && x.stride(-2) >= x.size(-1); }

void check_attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, const Optional<at::Tensor> &bias) {
    TORCH_CHECK(q.dim() == 4 && k.dim() == 4 && v.sizes() == k.sizes() && q.size(0) == k.size(0) &&
                    q.size(1) == k.size(1) && q.size(3) == k.size(3),
                "attention: expected q [B, H, T, D] and k, v [B, H, S, D], found ", q.sizes(), ", ", k.sizes(), ", ",
                v.sizes());
    TORCH_CHECK(!bias.has_value() || bias->sizes() == at::IntArrayRef({k.size(0), k.size(2)}),
                "attention: expected keyBias [", k.size(0), ", ", k.size(2), "], found ", bias->sizes());
}

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

std::tuple<at::Tensor, at::Tensor> attention_means(const at::Tensor &q, const at::Tensor &k, double scale,
                                                   const Optional<at::Tensor> &bias) {
    check_attention(q, k, k, bias);
    if (!own_code(q, k) || !cpu::has_blas() || !own_attention(q, k, k, bias)) {
        return plain::attention_means(q, k, scale, bias);
    }
    const at::Tensor added = bias.has_value() ? bias->to(q.scalar_type()).contiguous() : at::Tensor();
    at::Tensor received = at::empty({q.size(0), q.size(1), k.size(2)}, q.options());
    at::Tensor given = at::empty({q.size(0), q.size(1), q.size(2)}, q.options());
    typed(q, [&](auto zero) {
        using T = decltype(zero);
        cpu::attention_means<T>(problem_of<T>(q, k, k, scale, added), received.data_ptr<T>(), given.data_ptr<T>());
    });
    return {received.mean(1), given.mean(1)};
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
        TORCH_CHECK(queries >= 0 && length >= queries && length <= tables.size(1) * keys.size(2),
                    "paged attention: sequence ", b, ": expected a length from ", queries, " to ",
                    tables.size(1) * keys.size(2), ", found ", length);
        for (int64_t i = 0; i * keys.size(2) < length; ++i) {
            const int64_t id = table[b * tables.size(1) + i];
            TORCH_CHECK(id >= 0 && id < keys.size(0), "paged attention: sequence ", b, ", block ", i,
                        ": expected an id below ", keys.size(0), ", found ", id);
        }
    }
}

// Zeros that take memory once they are written: a cache is as large as it may become.
at::Tensor new_cache(at::IntArrayRef sizes, at::ScalarType type) {
    const size_t bytes = static_cast<size_t>(c10::multiply_integers(sizes)) * c10::elementSize(type);
    const std::shared_ptr<void> memory = cpu::map_zeros(bytes);
    return at::from_blob(
        memory.get(), sizes, [memory](void *) {}, type);
}

// A cache in the queries' type, or in float16 for float32 queries.
bool own_cache(const at::Tensor &q, const at::Tensor &cache) {
    const auto type = cache.scalar_type();
    return cache.is_cpu() && cache.is_contiguous() && !wants_gradient(cache) &&
           (type == q.scalar_type() || (q.scalar_type() == at::kFloat && type == at::kHalf));
}

template <class T> void copy_row(const T *from, int64_t size, T *to) { std::copy(from, from + size, to); }

void copy_row(const float *from, int64_t size, cpu::Float16 *to) { cpu::narrow(from, to, size); }

// rows [T, K, D] to a cache [N, K, block, D].
template <class C, class T> void copy_rows(const at::Tensor &cache, const at::Tensor &rows, const int64_t *slots) {
    const int64_t heads = cache.size(1), block = cache.size(2), size = cache.size(3);
    const T *source = rows.data_ptr<T>();
    for (int64_t i = 0; i < rows.size(0); ++i) {
        C *target = static_cast<C *>(cache.data_ptr()) + (slots[i] / block * heads * block + slots[i] % block) * size;
        for (int64_t head = 0; head < heads; ++head, source += size, target += block * size) {
            copy_row(source, size, target);
        }
    }
}
} // namespace

namespace vlmtorch {
at::Tensor paged_attention(const at::Tensor &q, const at::Tensor &keys, const at::Tensor &values,
                           const at::Tensor &tables, const at::Tensor &starts, const at::Tensor &lengths,
                           double scale) {
    TORCH_CHECK(q.dim() == 3 && keys.dim() == 4 && values.sizes() == keys.sizes() && q.size(2) == keys.size(3) &&
                    keys.size(1) > 0 && q.size(1) % keys.size(1) == 0,
                "paged attention: expected q [T, H, D] and caches [N, K, block, D], found ", q.sizes(), ", ",
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
                                    q.size(1), keys.size(1), q.size(2), keys.size(2), static_cast<T>(scale)},
                                   out.data_ptr<T>());
    };
    if (keys.scalar_type() == at::kHalf) {
        run(float{}, cpu::Float16{});
    } else {
        typed(q, [&](auto zero) { run(zero, zero); });
    }
    return out;
}

void write_cache(const at::Tensor &keys, const at::Tensor &values, const at::Tensor &k, const at::Tensor &v,
                 const at::Tensor &slots) {
    TORCH_CHECK(keys.dim() == 4 && values.sizes() == keys.sizes() && k.dim() == 3 && v.sizes() == k.sizes() &&
                    k.size(1) == keys.size(1) && k.size(2) == keys.size(3) && slots.numel() == k.size(0),
                "cache: expected caches [N, K, block, D], k, v [T, K, D] and T slots, found ", keys.sizes(), ", ",
                values.sizes(), ", ", k.sizes(), ", ", v.sizes(), ", ", slots.sizes());
    if (!own_code(k, v) || !own_cache(k, keys) || !own_cache(v, values) || !slots.is_cpu() ||
        slots.scalar_type() != at::kLong) {
        plain::write_cache(keys, values, k.to(keys.scalar_type()), v.to(values.scalar_type()), slots);
        return;
    }
    const at::Tensor index = slots.contiguous();
    const int64_t *rows = index.data_ptr<int64_t>();
    const int64_t room = keys.size(0) * keys.size(2);
    for (int64_t i = 0; i < index.numel(); ++i) {
        TORCH_CHECK(rows[i] >= 0 && rows[i] < room, "cache: slot ", i, ": expected 0 to ", room - 1, ", found ",
                    rows[i]);
    }
    const auto copy = [&](auto zero, auto cached) {
        using T = decltype(zero);
        using C = decltype(cached);
        copy_rows<C, T>(keys, k.contiguous(), rows);
        copy_rows<C, T>(values, v.contiguous(), rows);
    };
    if (keys.scalar_type() == at::kHalf) {
        copy(float{}, cpu::Float16{});
    } else {
        typed(k, [&](auto zero) { copy(zero, zero); });
    }
}
} // namespace vlmtorch

int32_t vt_kernel_attention(const VtTensor *q, const VtTensor *k, const VtTensor *v, double scale,
                            const VtTensor *key_bias, VtTensor **out) {
    VT_GUARD(put(out, attention(*q, *k, *v, scale, maybe(key_bias)));)
}

int32_t vt_kernel_attention_means(const VtTensor *q, const VtTensor *k, double scale, const VtTensor *key_bias,
                                  VtTensor **out0, VtTensor **out1) {
    VT_GUARD(put(out0, out1, attention_means(*q, *k, scale, maybe(key_bias)));)
}

int32_t vt_kernel_new_cache(const int64_t *sizes, int64_t num_sizes, int32_t dtype, VtTensor **out) {
    VT_GUARD(put(out, new_cache(ints(sizes, num_sizes), static_cast<at::ScalarType>(dtype)));)
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
