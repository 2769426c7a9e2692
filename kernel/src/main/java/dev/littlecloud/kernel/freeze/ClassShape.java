package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sun.reflect.ReflectionFactory;

/** A class of the kernel: its fields, and those of its superclasses. */
final class ClassShape extends Shape {
    /** The fields that one class of the hierarchy declares, in a fixed order. */
    private record Level(FieldCopier copier, int references) {}

    private static final @Nullable Object[] NOTHING = {null};

    private final List<Field> fields = new ArrayList<>();
    private final List<Field> referenceFields = new ArrayList<>();
    private final Level[] levels;
    private final Constructor<?> constructor;

    ClassShape(Class<?> type) {
        super(type, Phase.FILLED);
        List<Level> made = new ArrayList<>();
        for (Class<?> at = type; at != Object.class; at = at.getSuperclass()) {
            List<Field> declared = instanceFields(at);
            int references = 0;
            for (Field field : declared) {
                field.setAccessible(true);
                fields.add(field);
                if (!field.getType().isPrimitive()) {
                    referenceFields.add(field);
                    references++;
                }
            }
            if (!declared.isEmpty()) {
                made.add(new Level(FieldCopiers.generate(at, declared), references));
            }
        }
        this.levels = made.toArray(new Level[0]);
        this.constructor = constructorOf(type);
    }

    /** Not static and not transient, by name: the order of reflection is nobody's promise. */
    static List<Field> instanceFields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .filter(field -> !Modifier.isTransient(field.getModifiers()))
                .sorted(Comparator.comparing(Field::getName))
                .toList();
    }

    private static Constructor<?> constructorOf(Class<?> type) {
        try {
            return ReflectionFactory.getReflectionFactory()
                    .newConstructorForSerialization(type, Object.class.getDeclaredConstructor());
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** All fields, the lowest class's first. */
    List<Field> fields() {
        return fields;
    }

    @Override
    void references(Object object, List<@Nullable Object> into) {
        try {
            for (Field field : referenceFields) {
                into.add(field.get(object));
            }
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    String referenceName(int position) {
        return "." + referenceFields.get(position).getName();
    }

    @Override
    Object prototype(Object live) {
        Object made = make();
        fill(made, live, NOTHING, new int[referenceFields.size()], 0, referenceFields.size());
        return made;
    }

    @Override
    Object allocate(@Nullable Object prototype, int count) {
        return make();
    }

    private Object make() {
        try {
            return constructor.newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("cannot make a " + type(), impossible);
        }
    }

    @Override
    void fill(
            Object object,
            @Nullable Object prototype,
            @Nullable Object[] table,
            int[] references,
            int at,
            int count) {
        int next = at;
        for (Level level : levels) {
            level.copier.copy(Objects.requireNonNull(prototype), object, table, references, next);
            next += level.references;
        }
    }

    @Override
    void write(@Nullable Object prototype, DataOutput out) throws IOException {
        try {
            for (Field field : fields) {
                if (field.getType().isPrimitive()) {
                    Primitives.write(field.get(prototype), out);
                }
            }
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    Object read(DataInput in, int count) throws IOException {
        if (count != referenceFields.size()) {
            throw new IOException(count + " references of a " + type());
        }
        Object made = make();
        try {
            for (Field field : fields) {
                if (field.getType().isPrimitive()) {
                    field.set(made, Primitives.read(field.getType(), in));
                }
            }
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
        return made;
    }
}
