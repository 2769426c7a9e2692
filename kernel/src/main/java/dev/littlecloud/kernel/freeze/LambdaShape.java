package dev.littlecloud.kernel.freeze;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lambdas of one place in the code. They are written as the class that made them writes them,
 * and only that class can make them again: see {@link SerializedLambda}.
 */
final class LambdaShape extends Shape {
    /** Null in a graph that was read: there is no lambda to be taken apart. */
    private final @Nullable Method write;

    private final SerializedLambda form;
    private final Class<?> home;
    private final MethodHandle maker;

    private LambdaShape(Class<?> type, @Nullable Method write, SerializedLambda form, Class<?> home)
            throws ReflectiveOperationException {
        super(type, Phase.BUILT);
        this.write = write;
        this.form = form;
        this.home = home;
        this.maker = makerOf(home);
    }

    /** Null where the object is no lambda, or one of an interface that is not {@link Freezable}. */
    static @Nullable LambdaShape of(Object lambda) {
        Class<?> type = lambda.getClass();
        if (!type.isHidden() || !(lambda instanceof Freezable)) {
            return null;
        }
        try {
            Method write = type.getDeclaredMethod("writeReplace");
            write.setAccessible(true);
            SerializedLambda form = (SerializedLambda) write.invoke(lambda);
            return new LambdaShape(type, write, form, homeOf(form));
        } catch (ReflectiveOperationException notWritten) {
            return null;
        }
    }

    /** The lambdas that were written as this. */
    static LambdaShape of(SerializedLambda form) throws DamagedException {
        try {
            Class<?> home = homeOf(form);
            return new LambdaShape(home, null, form, home);
        } catch (ReflectiveOperationException unknown) {
            throw new DamagedException(
                    "this build has no lambdas in " + form.getCapturingClass(), unknown);
        }
    }

    /** The class whose code has the lambda. */
    private static Class<?> homeOf(SerializedLambda form) throws ClassNotFoundException {
        return Class.forName(
                form.getCapturingClass().replace('/', '.'),
                false,
                LambdaShape.class.getClassLoader());
    }

    private static MethodHandle makerOf(Class<?> home) throws ReflectiveOperationException {
        return MethodHandles.privateLookupIn(home, MethodHandles.lookup())
                .findStatic(
                        home,
                        "$deserializeLambda$",
                        MethodType.methodType(Object.class, SerializedLambda.class));
    }

    SerializedLambda form() {
        return form;
    }

    @Override
    void references(Object object, List<@Nullable Object> into) {
        try {
            SerializedLambda written =
                    (SerializedLambda) Objects.requireNonNull(write).invoke(object);
            for (int i = 0; i < written.getCapturedArgCount(); i++) {
                into.add(written.getCapturedArg(i));
            }
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    Object build(
            @Nullable Object prototype,
            @Nullable Object[] table,
            int[] references,
            int at,
            int count) {
        @Nullable Object[] captured = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            captured[i] = table[references[at + i]];
        }
        SerializedLambda filled =
                new SerializedLambda(
                        home,
                        form.getFunctionalInterfaceClass(),
                        form.getFunctionalInterfaceMethodName(),
                        form.getFunctionalInterfaceMethodSignature(),
                        form.getImplMethodKind(),
                        form.getImplClass(),
                        form.getImplMethodName(),
                        form.getImplMethodSignature(),
                        form.getInstantiatedMethodType(),
                        captured);
        try {
            return (Object) maker.invokeExact(filled);
        } catch (RuntimeException | Error refused) {
            throw refused;
        } catch (Throwable refused) {
            throw new IllegalStateException(refused);
        }
    }
}
