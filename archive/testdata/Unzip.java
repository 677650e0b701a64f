import java.io.*;
import java.util.zip.*;

/** Reads an archive as a stream and by its directory, to the last byte. */
class Unzip {
    public static void main(String[] args) throws Exception {
        byte[] buffer = new byte[1 << 20];
        long streamed = 0, listed = 0;
        try (ZipInputStream in = new ZipInputStream(new BufferedInputStream(new FileInputStream(args[0])))) {
            while (in.getNextEntry() != null) {
                streamed++;
                while (in.read(buffer) >= 0) { }
            }
        }
        try (ZipFile zip = new ZipFile(args[0])) {
            for (var e = zip.entries(); e.hasMoreElements();) {
                ZipEntry entry = e.nextElement();
                listed++;
                try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
                    while (in.read(buffer) >= 0) { }
                    if (((CheckedInputStream) in).getChecksum().getValue() != entry.getCrc()) throw new IOException(entry.getName());
                }
            }
        }
        if (streamed != listed) throw new IOException(streamed + " streamed, " + listed + " listed");
    }
}
