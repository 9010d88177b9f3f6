// vlmtorch.h: the whole C ABI over libtorch. Every function returns 0 on success; otherwise vt_last_error() has the
// message of this thread and no result is written. Nothing is thrown across this border. Booleans are one byte,
// sizes int64, text UTF-8. A VtTensor* from an out parameter belongs to the caller until vt_tensor_free.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
namespace at {
class Tensor;
struct Generator;
} // namespace at
typedef at::Tensor VtTensor;
typedef at::Generator VtGenerator;
#define VT_API extern "C" __attribute__((visibility("default")))
#else
typedef struct VtTensor VtTensor;
typedef struct VtGenerator VtGenerator;
#define VT_API
#endif

// Number with its type: VT_INT, VT_DOUBLE, VT_BOOL; VT_ABSENT where the parameter is optional.
enum { VT_ABSENT = 0, VT_INT = 1, VT_DOUBLE = 2, VT_BOOL = 3 };
typedef struct {
    int64_t kind;
    int64_t integer;
    double real;
} VtScalar;

// Ranks start, start + step, ...
typedef struct {
    int64_t start;
    int64_t count;
    int64_t step;
} VtRun;

// What a decoder layer needs beside its weights, see IKernels.PagedAttention and WriteCache; cos, sin [T, D].
typedef struct {
    const VtTensor *cos, *sin, *key_cache, *value_cache, *slots, *block_tables, *query_start, *context_length;
} VtDecoderStep;

#define VT_NONE INT64_MIN // absent int64
#define VT_NO_DTYPE (-1)  // absent element type

// Errors, threads, devices, process-wide state.
VT_API const char *vt_last_error();
VT_API const char *vt_version();
VT_API int32_t vt_set_num_threads(int32_t count);
VT_API int32_t vt_get_num_threads(int32_t *out);
VT_API int32_t vt_cuda_is_available(uint8_t *out);
VT_API int32_t vt_cuda_device_count(int32_t *out);
VT_API int32_t vt_cuda_synchronize(int32_t index);

// Generators.
VT_API int32_t vt_generator_new(uint64_t seed, int32_t device_type, int32_t device_index, VtGenerator **out);
VT_API int32_t vt_generator_free(VtGenerator *generator);

// Lifetime and data of a tensor. vt_live_tensors counts handles that were given out and not yet freed.
VT_API int32_t vt_tensor_free(VtTensor *x);
VT_API int64_t vt_live_tensors();
// Borrows memory; release(context) runs once, when the last tensor over it is gone.
VT_API int32_t vt_from_memory(void *data, const int64_t *sizes, int64_t num_sizes, int32_t dtype,
                              void (*release)(void *), void *context, VtTensor **out);
VT_API int32_t vt_data(const VtTensor *x, void **out);
VT_API int32_t vt_ndim(const VtTensor *x, int64_t *out);
VT_API int32_t vt_sizes(const VtTensor *x, int64_t *out, int64_t num_out);
VT_API int32_t vt_size(const VtTensor *x, int64_t dim, int64_t *out);
VT_API int32_t vt_numel(const VtTensor *x, int64_t *out);
VT_API int32_t vt_element_size(const VtTensor *x, int64_t *out);
VT_API int32_t vt_dtype(const VtTensor *x, int32_t *out);
VT_API int32_t vt_device(const VtTensor *x, int32_t *type, int32_t *index);
VT_API int32_t vt_is_contiguous(const VtTensor *x, uint8_t *out);
VT_API int32_t vt_item(const VtTensor *x, VtScalar *out);
VT_API int32_t vt_to(const VtTensor *x, int32_t dtype, int32_t device_type, int32_t device_index, uint8_t non_blocking,
                     uint8_t copy, VtTensor **out);

// Factories: dtype and device as at::ScalarType and at::DeviceType numbers; device_type -1 and VT_NO_DTYPE mean "as
// like".
VT_API int32_t vt_empty(const int64_t *sizes, int64_t num_sizes, int32_t dtype, int32_t device_type,
                        int32_t device_index, VtTensor **out);
VT_API int32_t vt_full(const int64_t *sizes, int64_t num_sizes, VtScalar value, int32_t dtype, int32_t device_type,
                       int32_t device_index, VtTensor **out);
VT_API int32_t vt_empty_like(const VtTensor *x, int32_t dtype, int32_t device_type, int32_t device_index,
                             VtTensor **out);
VT_API int32_t vt_arange(VtScalar start, VtScalar stop, VtScalar step, int32_t dtype, int32_t device_type,
                         int32_t device_index, VtTensor **out);
VT_API int32_t vt_eye(int64_t rows, int64_t columns, int32_t dtype, int32_t device_type, int32_t device_index,
                      VtTensor **out);
VT_API int32_t vt_rand(const int64_t *sizes, int64_t num_sizes, const VtGenerator *generator, int32_t dtype,
                       int32_t device_type, int32_t device_index, VtTensor **out);
VT_API int32_t vt_randn(const int64_t *sizes, int64_t num_sizes, const VtGenerator *generator, int32_t dtype,
                        int32_t device_type, int32_t device_index, VtTensor **out);

// Gradients. Modes are per thread; an inference guard must be freed on the thread that made it, last made first.
VT_API int32_t vt_set_requires_grad(VtTensor *x, uint8_t value);
VT_API int32_t vt_detach(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_grad(const VtTensor *x, VtTensor **out);     // null where there is none
VT_API int32_t vt_set_grad(VtTensor *x, const VtTensor *grad); // grad may be null
VT_API int32_t vt_backward(const VtTensor *x, const VtTensor *grad, uint8_t retain_graph, uint8_t create_graph);
VT_API int32_t vt_grad_enabled(uint8_t *out);
VT_API int32_t vt_wants_gradient(const VtTensor *x, uint8_t *out); // operations on x are recorded now
VT_API int32_t vt_set_grad_enabled(uint8_t enabled);
VT_API int32_t vt_inference_guard_new(uint8_t enabled, void **out);
VT_API int32_t vt_inference_guard_free(void *guard);

// Element by element; a trailing underscore works in place.
VT_API int32_t vt_abs(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_neg(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_sqrt(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_rsqrt(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_log(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_sin(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_cos(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_sigmoid(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_square(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_isfinite(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_exp_(VtTensor *x);
VT_API int32_t vt_silu(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_silu_(VtTensor *x);
VT_API int32_t vt_gelu(const VtTensor *x, VtTensor **out);

// Two operands, broadcast.
VT_API int32_t vt_add(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_add_scalar(const VtTensor *x, VtScalar other, VtTensor **out);
VT_API int32_t vt_add_(VtTensor *x, const VtTensor *other);
VT_API int32_t vt_add_scalar_(VtTensor *x, VtScalar other);
VT_API int32_t vt_sub(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_sub_scalar(const VtTensor *x, VtScalar other, VtTensor **out);
VT_API int32_t vt_sub_scalar_(VtTensor *x, VtScalar other);
VT_API int32_t vt_mul(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_mul_scalar(const VtTensor *x, VtScalar other, VtTensor **out);
VT_API int32_t vt_mul_(VtTensor *x, const VtTensor *other);
VT_API int32_t vt_mul_scalar_(VtTensor *x, VtScalar other);
VT_API int32_t vt_div(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_div_(VtTensor *x, const VtTensor *other);
VT_API int32_t vt_div_scalar_(VtTensor *x, VtScalar other);
VT_API int32_t vt_pow_scalar(const VtTensor *x, VtScalar other, VtTensor **out);
VT_API int32_t vt_add_scaled_(VtTensor *x, const VtTensor *other, VtScalar alpha);
VT_API int32_t vt_div_mode(const VtTensor *x, const VtTensor *other, const char *rounding, VtTensor **out);
VT_API int32_t vt_div_mode_(VtTensor *x, const VtTensor *other, const char *rounding);
VT_API int32_t vt_maximum(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_minimum(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_logical_and(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_addcmul_(VtTensor *x, const VtTensor *a, const VtTensor *b, VtScalar value);
VT_API int32_t vt_addcdiv_(VtTensor *x, const VtTensor *a, const VtTensor *b, VtScalar value);
VT_API int32_t vt_clamp(const VtTensor *x, VtScalar low, VtScalar high, VtTensor **out);
VT_API int32_t vt_clamp_(VtTensor *x, VtScalar low, VtScalar high);
VT_API int32_t vt_eq(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_eq_scalar(const VtTensor *x, VtScalar other, VtTensor **out);
VT_API int32_t vt_ne(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_lt_scalar(const VtTensor *x, VtScalar other, VtTensor **out);
VT_API int32_t vt_le(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_gt_scalar(const VtTensor *x, VtScalar other, VtTensor **out);
VT_API int32_t vt_ge(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_ge_scalar(const VtTensor *x, VtScalar other, VtTensor **out);

// Views, copies, joining and splitting.
VT_API int32_t vt_contiguous(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_clone(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_view(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, VtTensor **out);
VT_API int32_t vt_reshape(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, VtTensor **out);
VT_API int32_t vt_permute(const VtTensor *x, const int64_t *dims, int64_t num_dims, VtTensor **out);
VT_API int32_t vt_transpose(const VtTensor *x, int64_t dim0, int64_t dim1, VtTensor **out);
VT_API int32_t vt_t(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_unsqueeze(const VtTensor *x, int64_t dim, VtTensor **out);
VT_API int32_t vt_squeeze(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_squeeze_dim(const VtTensor *x, int64_t dim, VtTensor **out);
VT_API int32_t vt_expand(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, uint8_t implicit, VtTensor **out);
VT_API int32_t vt_flatten(const VtTensor *x, int64_t start, int64_t end, VtTensor **out);
VT_API int32_t vt_unflatten(const VtTensor *x, int64_t dim, const int64_t *sizes, int64_t num_sizes, VtTensor **out);
VT_API int32_t vt_narrow(const VtTensor *x, int64_t dim, int64_t start, int64_t length, VtTensor **out);
VT_API int32_t vt_slice(const VtTensor *x, int64_t dim, int64_t start, int64_t end, int64_t step, VtTensor **out);
VT_API int32_t vt_select(const VtTensor *x, int64_t dim, int64_t index, VtTensor **out);
VT_API int32_t vt_diagonal(const VtTensor *x, int64_t offset, int64_t dim0, int64_t dim1, VtTensor **out);
VT_API int32_t vt_repeat_interleave(const VtTensor *x, int64_t repeats, int64_t dim, VtTensor **out);
VT_API int32_t vt_triu(const VtTensor *x, int64_t diagonal, VtTensor **out);
VT_API int32_t vt_cat(VtTensor *const *tensors, int64_t num_tensors, int64_t dim, VtTensor **out);
VT_API int32_t vt_stack(VtTensor *const *tensors, int64_t num_tensors, int64_t dim, VtTensor **out);
VT_API int32_t vt_split_sizes(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, int64_t dim, VtTensor **out,
                              int64_t capacity, int64_t *count);

// Reading and writing by index or mask.
VT_API int32_t vt_index_select(const VtTensor *x, int64_t dim, const VtTensor *index, VtTensor **out);
VT_API int32_t vt_index_add_(VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source, VtScalar alpha);
VT_API int32_t vt_index_copy_(VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source);
VT_API int32_t vt_gather(const VtTensor *x, int64_t dim, const VtTensor *index, VtTensor **out);
VT_API int32_t vt_scatter(const VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source,
                          VtTensor **out);
VT_API int32_t vt_scatter_(VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source);
VT_API int32_t vt_masked_fill(const VtTensor *x, const VtTensor *mask, VtScalar value, VtTensor **out);
VT_API int32_t vt_masked_fill_(VtTensor *x, const VtTensor *mask, VtScalar value);
VT_API int32_t vt_where(const VtTensor *condition, const VtTensor *x, const VtTensor *y, VtTensor **out);
VT_API int32_t vt_copy_(VtTensor *x, const VtTensor *source, uint8_t non_blocking);
VT_API int32_t vt_fill_(VtTensor *x, VtScalar value);

// Reductions, scans, ordering.
VT_API int32_t vt_sum(const VtTensor *x, int32_t dtype, VtTensor **out);
VT_API int32_t vt_sum_dims(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, int32_t dtype,
                           VtTensor **out);
VT_API int32_t vt_mean(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_mean_dims(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, int32_t dtype,
                            VtTensor **out);
VT_API int32_t vt_norm(const VtTensor *x, double p, VtTensor **out);
VT_API int32_t vt_norm_dim(const VtTensor *x, double p, int64_t dim, uint8_t keepdim, VtTensor **out);
VT_API int32_t vt_amax(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, VtTensor **out);
VT_API int32_t vt_amin(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, VtTensor **out);
VT_API int32_t vt_max(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_max_dim(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out0, VtTensor **out1);
VT_API int32_t vt_argmax(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out);
VT_API int32_t vt_all(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_cumsum(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out);
VT_API int32_t vt_softmax(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out);
VT_API int32_t vt_log_softmax(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out);
VT_API int32_t vt_sort(const VtTensor *x, int64_t dim, uint8_t descending, uint8_t stable, VtTensor **out0,
                       VtTensor **out1);
VT_API int32_t vt_topk(const VtTensor *x, int64_t k, int64_t dim, uint8_t largest, uint8_t sorted, VtTensor **out0,
                       VtTensor **out1);

// Products.
VT_API int32_t vt_matmul(const VtTensor *x, const VtTensor *other, VtTensor **out);
VT_API int32_t vt_bmm(const VtTensor *x, const VtTensor *other, VtTensor **out);

// Layer functions and losses.
VT_API int32_t vt_linear(const VtTensor *x, const VtTensor *weight, const VtTensor *bias, VtTensor **out);
VT_API int32_t vt_layer_norm(const VtTensor *x, const int64_t *shape, int64_t num_shape, const VtTensor *weight,
                             const VtTensor *bias, double eps, VtTensor **out);
VT_API int32_t vt_cross_entropy(const VtTensor *x, const VtTensor *target, const VtTensor *weight, int64_t reduction,
                                int64_t ignore_index, double label_smoothing, VtTensor **out);
VT_API int32_t vt_one_hot(const VtTensor *x, int64_t num_classes, VtTensor **out);

// Kernels of the serving path (IKernels): float32 and float64 on the CPU have their own code, the rest goes to ATen.
VT_API int32_t vt_kernel_linear(const VtTensor *x, VtTensor *const *weights, VtTensor *const *scales,
                                VtTensor *const *biases, int64_t num_weights,
                                VtTensor **out); // scales, biases: or null
VT_API int32_t vt_kernel_quantize(const VtTensor *weight, VtTensor **values, VtTensor **scales);
VT_API int32_t vt_kernel_attention(const VtTensor *q, const VtTensor *k, const VtTensor *v, double scale,
                                   const VtTensor *key_bias, VtTensor **out);
VT_API int32_t vt_kernel_attention_means(const VtTensor *q, const VtTensor *k, double scale, const VtTensor *key_bias,
                                         VtTensor **out0, VtTensor **out1);
VT_API int32_t vt_kernel_new_cache(const int64_t *sizes, int64_t num_sizes, int32_t dtype, VtTensor **out); // CPU
VT_API int32_t vt_kernel_paged_attention(const VtTensor *q, const VtTensor *key_cache, const VtTensor *value_cache,
                                         const VtTensor *block_tables, const VtTensor *query_start,
                                         const VtTensor *context_length, double scale, VtTensor **out);
VT_API int32_t vt_kernel_write_cache(const VtTensor *key_cache, const VtTensor *value_cache, const VtTensor *k,
                                     const VtTensor *v, const VtTensor *slots);
// hidden [T, C] += the half of a layer; weights: q, k, v, o, and gate, up, down; scales[i], biases[i]: or null.
VT_API int32_t vt_kernel_add_attention(const VtTensor *hidden, const VtTensor *norm, double eps,
                                       VtTensor *const *weights, VtTensor *const *scales, VtTensor *const *biases,
                                       int64_t head_dim, double scale, const VtDecoderStep *step);
VT_API int32_t vt_kernel_add_gated_mlp(const VtTensor *hidden, const VtTensor *norm, double eps,
                                       VtTensor *const *weights, VtTensor *const *scales, VtTensor *const *biases);
VT_API int32_t vt_kernel_rms_norm(const VtTensor *x, const VtTensor *weight, double eps, VtTensor **out);
VT_API int32_t vt_kernel_quick_gelu(const VtTensor *x, VtTensor **out);
VT_API int32_t vt_kernel_silu_mul(const VtTensor *gate, const VtTensor *up, VtTensor **out);
VT_API int32_t vt_kernel_rotary(const VtTensor *x, const VtTensor *cos, const VtTensor *sin, VtTensor **out);
VT_API int32_t vt_kernel_mean_elu_of_cosines(const VtTensor *x, double margin, double alpha, double step,
                                             VtTensor **out);
VT_API int32_t vt_kernel_mean_bell_of_cosines(const VtTensor *x, double sharpness, VtTensor **out);
VT_API int32_t vt_kernel_lower_ranked_cosines(const VtTensor *x, uint8_t counts_itself, VtTensor **out0,
                                              VtTensor **out1);
VT_API int32_t vt_kernel_falling_order(const VtTensor *values, VtTensor **out);
VT_API int32_t vt_kernel_join_nearest(const VtTensor *x, const VtTensor *order, int64_t front, VtRun kept,
                                      VtRun destinations, VtRun sources, VtTensor **out0, VtTensor **out1,
                                      VtTensor **out2);
VT_API int32_t vt_kernel_join_closest(const VtTensor *x, const VtTensor *order, int64_t joined, uint8_t class_token,
                                      VtTensor **out0, VtTensor **out1, VtTensor **out2);
VT_API int32_t vt_kernel_join_both_ways(const VtTensor *attractions, int64_t joined, VtTensor **out0, VtTensor **out1,
                                        VtTensor **out2);
VT_API int32_t vt_kernel_reduce_groups(const VtTensor *x, const VtTensor *weights, const VtTensor *anchors,
                                       const VtTensor *sources, const VtTensor *destinations, int64_t first_destination,
                                       uint8_t is_mean, VtTensor **out0, VtTensor **out1);
