// Threads, CUDA queries and random generators. CUDA is reached through ATen's hooks only: no CUDA header is needed.
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <ATen/CPUGeneratorImpl.h>

#include "convert.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

extern "C" __attribute__((weak)) void openblas_set_num_threads(int count);

namespace {
// libtorch's pool and that of the BLAS behind it, which has its own.
void set_threads(int32_t count) {
    at::set_num_threads(count);
    if (openblas_set_num_threads != nullptr) {
        openblas_set_num_threads(count);
    }
}
} // namespace

const char *vt_version() { return TORCH_VERSION; }

int32_t vt_set_num_threads(int32_t count) { VT_GUARD(set_threads(count);) }
int32_t vt_get_num_threads(int32_t *out) { VT_GUARD(*out = at::get_num_threads();) }
int32_t vt_cuda_is_available(uint8_t *out) { VT_GUARD(*out = at::globalContext().hasCUDA();) }

int32_t vt_cuda_device_count(int32_t *out) {
    VT_GUARD(*out = static_cast<int32_t>(at::getNumGPUs());)
}

int32_t vt_cuda_synchronize(int32_t index) {
    VT_GUARD(TORCH_CHECK(at::globalContext().hasCUDA(), "cuda.synchronize: expected a CUDA device, found none");
             const c10::impl::VirtualGuardImpl cuda(at::kCUDA);
             const c10::OptionalDeviceGuard guard(at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index)));
             cuda.getStream(cuda.getDevice()).synchronize();)
}

int32_t vt_generator_new(uint64_t seed, int32_t device_type, int32_t device_index, VtGenerator **out) {
    VT_GUARD(
        const at::Device device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index));
        at::Generator generator =
            device.is_cpu() ? at::detail::createCPUGenerator() : at::globalContext().defaultGenerator(device).clone();
        generator.set_current_seed(seed); *out = new at::Generator(std::move(generator));)
}

int32_t vt_generator_free(VtGenerator *generator) { VT_GUARD(delete generator;) }
