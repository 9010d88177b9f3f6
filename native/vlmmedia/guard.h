// Every exported function runs inside VM_GUARD: no C++ exception crosses the C ABI; its text stays with the thread.
#pragma once
#include <exception>
#include <string>

#define VM_EXPORT extern "C" __attribute__((visibility("default")))

namespace vlmmedia {
inline std::string& last_error() {
    thread_local std::string message;
    return message;
}
} // namespace vlmmedia

// Body returns nothing; success is 0, failure 1 with the message in vm_last_error().
#define VM_GUARD(...)                                                                                                  \
    try {                                                                                                              \
        __VA_ARGS__                                                                                                    \
        return 0;                                                                                                      \
    } catch (const std::exception& e) {                                                                                \
        vlmmedia::last_error() = e.what();                                                                             \
    } catch (...) {                                                                                                    \
        vlmmedia::last_error() = "unknown native error";                                                               \
    }                                                                                                                  \
    return 1;
